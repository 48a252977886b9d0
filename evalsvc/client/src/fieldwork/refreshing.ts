/** Brings the phone up to what the server says. Each step is whole by itself: what was done when the network breaks stays. */
import type { DeviceInfo, ListedForm, ReturnedInterview, Trouble } from '../model.ts';
import type { Server } from '../server/server.ts';
import type { FormSummary } from '../vault/forms.ts';
import type { Vault } from '../vault/vault.ts';
import { assignmentOf, copyOf } from './copies.ts';
import { formLock, inTurn, unlessElsewhere } from './holding.ts';
import { FieldworkTrouble, troubleOf } from './trouble.ts';

/** How far it is: forms and returned interviews are counted, the other parts are one step. */
export interface RefreshProgress {
	readonly part: 'device' | 'tasks' | 'forms' | 'returned';
	readonly done: number;
	readonly total: number;
}

export type TellProgress = (progress: RefreshProgress) => void;

export interface Refreshed {
	/** Why single forms or returned interviews could not be fetched; the others were. */
	readonly troubles: readonly Trouble[];
}

/** Troubles of one form or one returned interview; any other ends the refreshing. */
const OF_ONE = new Set([
	'phone.unexpected_answer',
	'phone.not_found',
	'phone.refused',
	'phone.not_allowed',
	'phone.server_error',
]);

/**
 * Refresh who asks, tasks, forms, and what was returned. Throws `phone.other_person`, and what server and vault throw;
 * what was fetched before that is kept, and not fetched again next time.
 */
export function refresh(vault: Vault, server: Server, tell: TellProgress = () => undefined): Promise<Refreshed> {
	return inTurn(`refresh ${vault.person.id}`, async () => {
		await refreshDevice(vault, server);
		tell({ part: 'device', done: 1, total: 1 });
		const tasks = await server.tasks();
		await vault.lists.write('tasks', { tasks, askedAt: nowAsText() });
		tell({ part: 'tasks', done: 1, total: 1 });
		const listed = await server.forms();
		const ofForms = await refreshForms(vault, server, listed, tell);
		const ofReturned = await refreshReturned(vault, server, tell);
		// What was returned may be of a version that nothing else on this phone is of, so this comes last.
		await putAside(vault, listed);
		return { troubles: [...ofForms, ...ofReturned] };
	});
}

/** Ask who the device belongs to, and keep by how many seconds the phone's clock is ahead. */
async function refreshDevice(vault: Vault, server: Server): Promise<void> {
	const asked = Date.now();
	const info = await server.device();
	requireSamePerson(vault, info);
	const middle = (asked + Date.now()) / 2;
	const clockAhead = Math.round((middle - Date.parse(info.server_time)) / 1000);
	await vault.lists.write('device', { info, clockAhead, askedAt: nowAsText() });
	await vault.sealFor(info.unsent_key);
}

function requireSamePerson({ person }: Vault, info: DeviceInfo): void {
	if (info.person.id !== person.personId || info.evaluation.id !== person.evaluationId) {
		throw new FieldworkTrouble('phone.other_person');
	}
}

async function refreshForms(
	vault: Vault,
	server: Server,
	listed: readonly ListedForm[],
	tell: TellProgress,
): Promise<readonly Trouble[]> {
	const stored = await vault.forms.list();
	const wanted = listed.filter((form) => !stored.some((each) => isSame(each, form) && each.hash === form.hash));
	return eachOf('forms', wanted, tell, async (form) => {
		const { formId, version, name, hash } = form;
		await vault.forms.save({ formId, version, name, hash, withdrawn: false, ...(await server.form(form)) });
	});
}

/** A form version that is no longer listed stays while an interview on this phone is of it, saved or not, and goes otherwise. */
async function putAside(vault: Vault, listed: readonly ListedForm[]): Promise<void> {
	for (const form of await vault.forms.list()) {
		const withdrawn = !listed.some((each) => isSame(each, form));
		if (withdrawn !== form.withdrawn) {
			await vault.forms.describe({ ...form, withdrawn });
		}
		if (withdrawn) {
			// Where a form was just opened and nothing is answered yet, it is left for the next time.
			await unlessElsewhere(formLock(form), () => removeUnused(vault, form));
		}
	}
}

async function removeUnused(vault: Vault, form: FormSummary): Promise<void> {
	const interviews = await vault.interviews.list();
	// An interview that does not open may be of this form, and open again from a copy.
	if (vault.interviews.unreadable === 0 && !interviews.some((each) => isSame(each, form))) {
		await vault.forms.remove(form.formId, form.version);
	}
}

async function refreshReturned(vault: Vault, server: Server, tell: TellProgress): Promise<readonly Trouble[]> {
	const returned = await server.returned();
	const troubles = await eachOf('returned', returned, tell, async (one) => {
		if ((await copyOf(vault, one)) === null) {
			await fetchCopy(vault, server, one);
		}
	});
	await vault.lists.write('returned', { returned, askedAt: nowAsText() });
	return troubles;
}

/** Fetch what the server holds of a returned interview, for a phone that did not send it or lost its copy. */
async function fetchCopy(vault: Vault, server: Server, one: ReturnedInterview): Promise<void> {
	const xml = await server.returnedXml(one);
	const files = [];
	for (const file of one.files) {
		files.push(await server.returnedFile(file));
	}
	const copy = {
		id: crypto.randomUUID(),
		state: 'sent' as const,
		instanceId: one.instance_id,
		formId: one.form_id,
		version: one.version,
		unitId: one.unit_id,
		assignmentId: await assignmentOf(vault, one.unit_id),
		corrects: one.root_instance_id === one.instance_id ? null : one.root_instance_id,
		startedAt: one.returned_at,
		savedAt: one.returned_at,
		fileNames: files.map((file) => file.name),
		bytes: files.reduce((sum, file) => sum + file.bytes.length, xml.length),
		trouble: null,
		receivedAt: one.returned_at,
	};
	await vault.interviews.save({ ...copy, xml, audit: [], comments: [] }, files);
}

async function eachOf<T>(
	part: RefreshProgress['part'],
	all: readonly T[],
	tell: TellProgress,
	work: (one: T) => Promise<void>,
): Promise<readonly Trouble[]> {
	const troubles: Trouble[] = [];
	for (const [index, one] of all.entries()) {
		tell({ part, done: index, total: all.length });
		try {
			await work(one);
		} catch (error) {
			if (!OF_ONE.has(troubleOf(error).code)) {
				throw error;
			}
			troubles.push(troubleOf(error));
		}
	}
	tell({ part, done: all.length, total: all.length });
	return troubles;
}

function isSame(one: { formId: string; version: string }, other: { formId: string; version: string }): boolean {
	return one.formId === other.formId && one.version === other.version;
}

function nowAsText(): string {
	return new Date().toISOString();
}
