/** The ways into an interview: a new one, a draft, a correction of one that was returned. */
import { AUDIT_FILE } from '../audit/csv.ts';
import { AuditRecorder } from '../audit/recorder.ts';
import { openForm, type Device, type OpenedForm } from '../engine/form.ts';
import type { FormSession } from '../engine/question.ts';
import type {
	AttachedFile,
	InterviewSummary,
	KeptInterview,
	ReturnedInterview,
	ReviewComment,
	StoredForm,
	Task,
} from '../model.ts';
import type { Vault } from '../vault/vault.ts';
import { assignmentOf, copyOf, filesOf, lastFinished } from './copies.ts';
import { formLock, type Held, whileHeld } from './holding.ts';
import { type Fixed, OpenInterview } from './open_interview.ts';
import { FieldworkTrouble } from './trouble.ts';

/** A form version by its name. */
export interface FormName {
	readonly formId: string;
	readonly version: string;
}

/** Takes the position of the phone for forms that ask for it without a question; null where it is not to be had. */
export type TakePosition = NonNullable<Device['position']>;

/** Interviews of a household by one form that lie unsent on this phone: to be gone on with rather than begun anew. */
export async function unsentOf(vault: Vault, task: Task, formId: string): Promise<readonly InterviewSummary[]> {
	const all = await vault.interviews.list();
	return all.filter(
		(each) => each.assignmentId === task.assignment_id && each.formId === formId && each.state !== 'sent',
	);
}

/**
 * Begin an interview of a household. Throws `phone.draft_exists` where one lies unsent here, unless `besides`;
 * `phone.form_missing`, `phone.form_withdrawn`, `phone.form_unreadable`, `phone.form_file_missing`, `phone.open_elsewhere`.
 */
export async function begin(
	vault: Vault,
	task: Task,
	form: FormName,
	besides = false,
	position?: TakePosition,
): Promise<OpenInterview> {
	return whileHeld(async (held) => {
		if (!besides) {
			await held.also(`begin ${task.assignment_id} ${form.formId}`);
			await refuseSecond(vault, task, form);
		}
		const about = { unitId: task.unit_id, assignmentId: task.assignment_id };
		return begun({ vault, position }, form, task.filled, about, held);
	});
}

/** Read a household's form ahead, while somebody looks at the household; what is wrong with it is told by `begin`. */
export async function prepare(vault: Vault, task: Task, { formId, version }: FormName): Promise<void> {
	const form = await vault.forms.read(formId, version);
	if (form !== null && !form.withdrawn) {
		const { deviceId, name } = vault.person;
		await (await openForm(form, { deviceId, username: name })).prepare(task.filled);
	}
}

/** Begin an interview that hangs on no household: of a village or a county. Throws what `begin` does of the form. */
export function beginFree(vault: Vault, form: FormName, position?: TakePosition): Promise<OpenInterview> {
	return whileHeld((held) => begun({ vault, position }, form, {}, { unitId: '', assignmentId: '' }, held));
}

/** Go on with a draft. Throws `phone.open_elsewhere`, `phone.finished_already`, and what the vault says of reading. */
export async function goOn(vault: Vault, id: string, position?: TakePosition): Promise<OpenInterview> {
	return whileHeld(async (held) => {
		await held.also(`interview ${id}`);
		const interview = await vault.interviews.read(id);
		if (interview.state !== 'draft') {
			throw new FieldworkTrouble('phone.finished_already');
		}
		const files = await filesOf(vault, interview);
		const opened = await sessionOf({ vault, position }, interview, false, (form) => form.resume(interview.xml, files));
		const recorder = AuditRecorder.resumed(interview.audit);
		recorder.event('form resume');
		const { release } = held;
		return new OpenInterview({ vault, ...opened, recorder, fixed: interview, files, kept: true, release });
	});
}

/**
 * Correct an interview that was returned, or go on with its correction. Throws `phone.returned_not_here` where it has not
 * been fetched, `phone.correction_waiting` where its correction is finished, and what `goOn` does.
 */
export async function correct(
	vault: Vault,
	returned: ReturnedInterview,
	position?: TakePosition,
): Promise<OpenInterview> {
	return whileHeld(async (held) => {
		// Held before it is looked for: two pages would otherwise both find none, and both begin one.
		await held.also(`correction ${returned.instance_id}`);
		const all = await vault.interviews.list();
		const before = all.find((each) => each.corrects === returned.instance_id && each.state !== 'sent');
		if (before === undefined) {
			return correctAnew({ vault, position }, returned, held);
		}
		if (before.state === 'finished') {
			throw new FieldworkTrouble('phone.correction_waiting');
		}
		const open = await goOn(vault, before.id, position);
		held.release();
		return open;
	});
}

/** An interview as it lies on the phone, over the form that it was filled by. */
export interface InterviewToRead {
	readonly interview: KeptInterview;
	readonly session: FormSession;
	readonly media: StoredForm['media'];
	readonly files: ReadonlyMap<string, AttachedFile>;
}

/** Open an interview to be read: nothing of it changes, so it may be open elsewhere. Throws what `goOn` does of the form. */
export async function toRead(vault: Vault, id: string): Promise<InterviewToRead> {
	const interview = await vault.interviews.read(id);
	const files = await filesOf(vault, interview);
	const phone = { vault, position: undefined };
	const opened = await sessionOf(phone, interview, false, (form) => form.resume(interview.xml, files));
	return { interview, files, ...opened };
}

/** Where interviews lie, and who tells where the phone is. */
interface Phone {
	readonly vault: Vault;
	readonly position: TakePosition | undefined;
}

async function refuseSecond(vault: Vault, task: Task, { formId }: FormName): Promise<void> {
	if ((await unsentOf(vault, task, formId)).length > 0) {
		throw new FieldworkTrouble('phone.draft_exists');
	}
}

async function correctAnew(phone: Phone, returned: ReturnedInterview, held: Held): Promise<OpenInterview> {
	const { vault } = phone;
	const before = await copyOf(vault, returned);
	if (before === null) {
		throw new FieldworkTrouble('phone.returned_not_here');
	}
	const files = await filesOf(vault, before);
	// The correction gets a log of its own; that of the version before stays with that version.
	files.delete(AUDIT_FILE);
	const opened = await sessionOf(phone, before, false, (form) => form.correct(before.xml, files));
	const assignmentId = before.assignmentId || (await assignmentOf(vault, returned.unit_id));
	const fixed: Fixed = {
		...newly({ unitId: returned.unit_id, assignmentId }),
		corrects: returned.instance_id,
		comments: commentsOf(returned),
	};
	await held.also(`interview ${fixed.id}`);
	const { release } = held;
	return new OpenInterview({ vault, ...opened, recorder: started(), fixed, files, kept: false, release });
}

async function begun(
	phone: Phone,
	form: FormName,
	filled: Task['filled'],
	about: Pick<Fixed, 'unitId' | 'assignmentId'>,
	held: Held,
): Promise<OpenInterview> {
	const { vault } = phone;
	// Until the first answer nothing on the disk tells that the form is in use.
	await held.also(formLock(form), 'shared');
	const opened = await sessionOf(phone, form, true, (one) => one.begin(filled));
	const fixed = newly(about);
	await held.also(`interview ${fixed.id}`);
	const { release } = held;
	return new OpenInterview({ vault, ...opened, recorder: started(), fixed, files: new Map(), kept: false, release });
}

function newly(about: Pick<Fixed, 'unitId' | 'assignmentId'>): Fixed {
	const startedAt = new Date().toISOString();
	return { ...about, id: crypto.randomUUID(), corrects: null, startedAt, comments: [] };
}

function started(): AuditRecorder {
	const recorder = new AuditRecorder();
	recorder.event('form start');
	return recorder;
}

async function sessionOf(
	{ vault, position }: Phone,
	{ formId, version }: FormName,
	anew: boolean,
	open: (form: OpenedForm) => Promise<FormSession>,
): Promise<{ readonly session: FormSession; readonly media: StoredForm['media'] }> {
	const form = await vault.forms.read(formId, version);
	const details = { form: form?.name ?? formId, version };
	if (form === null) {
		throw new FieldworkTrouble('phone.form_missing', details);
	}
	if (anew && form.withdrawn) {
		throw new FieldworkTrouble('phone.form_withdrawn', details);
	}
	const { deviceId, name } = vault.person;
	// Reading an interview costs time, and few forms ask for the one before.
	const lastSaved = form.xml.includes('jr://instance/last-saved') ? await lastFinished(vault, formId) : null;
	const device = { deviceId, username: name, lastSaved, ...(position && { position }) };
	return { session: await open(await openForm(form, device)), media: form.media };
}

/** What the supervisor said of the whole comes first. */
function commentsOf(returned: ReturnedInterview): readonly ReviewComment[] {
	const whole = returned.words === '' ? [] : [{ path: '', question: '', words: returned.words }];
	return [...whole, ...returned.comments];
}
