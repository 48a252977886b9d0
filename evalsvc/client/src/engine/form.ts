import { type FormInstanceConfig, loadForm, type LoadFormResult, type RootNode } from '@getodk/xforms-engine';
import { shallowReactive } from 'vue';

import type { AttachedFile, Position, StoredForm } from '../model.ts';
import { elementsAt, FormDefinition, parsed } from './definition.ts';
import { mediaFrom } from './media.ts';
import type { FormSession } from './question.ts';
import { instanceOf } from './restoring.ts';
import { EngineSession } from './session.ts';
import { FormUnreadable } from './unreadable.ts';

export { FormUnreadable } from './unreadable.ts';

/** Who fills the form, and on what: forms may ask for both. */
export interface Device {
	readonly deviceId: string;
	readonly username: string;
	/** The last finished submission of the form on this phone, for forms that begin with its answers. */
	readonly lastSaved?: string | null;
	/** Asked where a form takes the position by itself, without a question. */
	readonly position?: () => Promise<Position | null>;
}

export interface OpenedForm {
	/** Let the engine read the form ahead, which is a third of beginning; the next `begin` of this household takes it. */
	prepare(filled: Readonly<Record<string, string>>): Promise<void>;
	/** A new interview; questions that the form marks are filled with the columns of the assignment, read-only ones too. */
	begin(filled: Readonly<Record<string, string>>): Promise<FormSession>;
	/** Go on with a draft: the same instanceID, and nothing is stamped anew. */
	resume(xml: string, files: ReadonlyMap<string, AttachedFile>): Promise<FormSession>;
	/** Correct what was sent: a new instanceID, and deprecatedID names the one that is corrected. */
	correct(xml: string, files: ReadonlyMap<string, AttachedFile>): Promise<FormSession>;
}

/**
 * Open a form of the phone. Throws FormUnreadable, as the three ways to go on do, where a table of the form is not on the
 * phone or the engine cannot work with it.
 */
export function openForm(form: StoredForm, device: Device): Promise<OpenedForm> {
	return Promise.resolve().then(() => new FormOnPhone(form, device));
}

class FormOnPhone implements OpenedForm {
	private readonly definition: FormDefinition;
	private readonly config: FormInstanceConfig;

	constructor(
		private readonly form: StoredForm,
		private readonly device: Device,
	) {
		this.definition = readable(form, () => new FormDefinition(form.xml, typeof device.lastSaved === 'string'));
		const missing = this.definition.tables.find((table) => !form.media.has(table));
		if (missing !== undefined) {
			throw FormUnreadable.fileMissing(form, missing);
		}
		this.config = configFor(device);
	}

	async prepare(filled: Readonly<Record<string, string>>): Promise<void> {
		const xml = this.definition.filledWith(filled);
		readAhead = { hash: this.form.hash, xml, loaded: this.load(xml) };
		await readAhead.loaded;
	}

	begin(filled: Readonly<Record<string, string>>): Promise<FormSession> {
		return this.opened(this.definition.filledWith(filled), new Map(), (loaded) => loaded.createInstance(this.config));
	}

	async resume(xml: string, files: ReadonlyMap<string, AttachedFile>): Promise<FormSession> {
		const interview = readable(this.form, () => withoutAudit(xml));
		const session = await this.opened(this.definition.fitting(interview), files, (loaded) =>
			loaded.restoreInstance(instanceOf(interview), this.config),
		);
		return session.keepAsWritten(interview);
	}

	async correct(xml: string, files: ReadonlyMap<string, AttachedFile>): Promise<FormSession> {
		const interview = readable(this.form, () => withoutAudit(xml));
		const input = { inputType: 'FORM_INSTANCE_INPUT_RESOLVED', ...instanceOf(interview) } as const;
		const session = await this.opened(this.definition.fitting(interview), files, (loaded) =>
			loaded.editInstance(input, this.config),
		);
		return session.keepAsWritten(interview);
	}

	/** Every session loads the form for itself: the engine keeps the end of one interview with the form. */
	private async opened(
		xml: string,
		files: ReadonlyMap<string, AttachedFile>,
		instance: (loaded: Loaded) => AnyInstance | Promise<AnyInstance>,
	): Promise<EngineSession> {
		try {
			const loaded = await (this.takeReadAhead(xml) ?? this.load(xml));
			if (loaded.error !== null) {
				throw loaded.error;
			}
			const { root } = await instance(loaded);
			return new EngineSession(this.form, this.definition, root, files);
		} catch (error) {
			throw FormUnreadable.byEngine(this.form, error);
		}
	}

	private load(xml: string): Promise<LoadFormResult> {
		return loadForm(xml, { fetchFormAttachment: mediaFrom(this.form.media, this.device.lastSaved ?? null) });
	}

	/** What was read ahead serves one session, and none that begins with the answers of the interview before. */
	private takeReadAhead(xml: string): Promise<LoadFormResult> | null {
		const taken = readAhead;
		readAhead = null;
		const isThis = taken?.hash === this.form.hash && taken.xml === xml && typeof this.device.lastSaved !== 'string';
		return isThis ? taken.loaded : null;
	}
}

/** The form of the household that somebody looks at: one is enough, and it holds a good part of the engine's memory. */
let readAhead: { readonly hash: string; readonly xml: string; readonly loaded: Promise<LoadFormResult> } | null = null;

function readable<Read>(form: StoredForm, read: () => Read): Read {
	try {
		return read();
	} catch (error) {
		throw FormUnreadable.byEngine(form, error);
	}
}

type Loaded = Extract<LoadFormResult, { readonly error: null }>;

interface AnyInstance {
	readonly root: RootNode;
}

function configFor(device: Device): FormInstanceConfig {
	const config = {
		// Everything that the engine gives is a value of its own; below the first level nothing needs to be watched.
		stateFactory: shallowReactive,
		preloadProperties: { deviceID: device.deviceId, username: device.username },
	};
	const { position } = device;
	return position === undefined ? config : { ...config, geolocationProvider: { getLocation: asText(position) } };
}

function asText(position: () => Promise<Position | null>): () => Promise<string> {
	return async () => {
		const found = await position();
		return found === null ? '' : [found.latitude, found.longitude, found.altitude ?? 0, found.accuracy ?? 0].join(' ');
	};
}

/** Read an interview; the log that it names is of the session before, and the next end of it names one anew. */
function withoutAudit(xml: string): XMLDocument {
	const interview = parsed(xml);
	const root = interview.documentElement;
	elementsAt(root, `/${root.localName}/meta/audit`).forEach((audit) => (audit.textContent = ''));
	return interview;
}

/**
 * Let the engine make itself ready while nobody waits: its parser is compiled and its code is run for the first time with
 * a form of one question, which takes most of a second on a cheap phone. Gives whether the engine works here at all.
 */
export async function warmUp(): Promise<boolean> {
	const loaded = await loadForm(ONE_QUESTION);
	return loaded.error === null && loaded.createInstance().root.currentState.children.length > 0;
}

const ONE_QUESTION = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title/>
<model><instance><data id="warm"><a/><b/></data></instance><bind nodeset="/data/a" relevant="/data/b = '' and true()"/>
</model></h:head><h:body><input ref="/data/a"><label/></input></h:body></h:html>`;
