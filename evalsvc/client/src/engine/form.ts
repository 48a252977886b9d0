import { loadForm, type FormInstanceConfig, type LoadFormResult } from '@getodk/xforms-engine';
import { shallowReactive } from 'vue';

import type { AttachedFile, StoredForm } from '../model.ts';
import { FormDefinition } from './definition.ts';
import { mediaFrom } from './media.ts';
import type { FormSession } from './question.ts';
import { EngineSession } from './session.ts';
import { FormUnreadable } from './unreadable.ts';

export { FormUnreadable } from './unreadable.ts';

/** Who fills the form, and on what: forms may ask for both. */
export interface Device {
	readonly deviceId: string;
	readonly username: string;
}

export interface OpenedForm {
	/** A new interview; questions that the form marks are filled with the columns of the assignment, read-only ones too. */
	begin(filled: Readonly<Record<string, string>>): Promise<FormSession>;
}

type Loaded = Extract<LoadFormResult, { readonly error: null }>;

/** Open a form of the phone; throws FormUnreadable where the engine cannot work with it. */
export function openForm(form: StoredForm, device: Device): Promise<OpenedForm> {
	const definition = new FormDefinition(form.xml);
	const config: FormInstanceConfig = {
		// Everything that the engine gives is a value of its own; below the first level nothing needs to be watched.
		stateFactory: shallowReactive,
		preloadProperties: { deviceID: device.deviceId, username: device.username },
	};
	const sessionOf = (root: EngineRoot, files: ReadonlyMap<string, AttachedFile>): FormSession =>
		new EngineSession(form, definition, root, files);
	return Promise.resolve({
		async begin(filled) {
			const loaded = await load(definition.filledWith(filled), form);
			return sessionOf(loaded.createInstance(config).root, new Map());
		},
	});
}

type EngineRoot = ReturnType<Loaded['createInstance']>['root'];

async function load(xml: string, form: StoredForm): Promise<Loaded> {
	const loaded = await loadForm(xml, { fetchFormAttachment: mediaFrom(form.media) });
	if (loaded.error !== null) {
		throw new FormUnreadable(loaded.error.message, loaded.error);
	}
	return loaded;
}
