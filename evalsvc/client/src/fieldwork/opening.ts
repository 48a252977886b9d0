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
import { assignmentOf, copyOf, lastFinished } from './copies.ts';
import { hold } from './holding.ts';
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
	const release = besides ? () => undefined : await hold(`begin ${task.assignment_id} ${form.formId}`);
	return orRelease(release, async () => {
		if (!besides && (await unsentOf(vault, task, form.formId)).length > 0) {
			throw new FieldworkTrouble('phone.draft_exists');
		}
		const about = { unitId: task.unit_id, assignmentId: task.assignment_id };
		return begun({ vault, position }, form, task.filled, about, release);
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
	return begun({ vault, position }, form, {}, { unitId: '', assignmentId: '' }, () => undefined);
}

/** Go on with a draft. Throws `phone.open_elsewhere`, `phone.finished_already`, and what the vault says of reading. */
export async function goOn(vault: Vault, id: string, position?: TakePosition): Promise<OpenInterview> {
	const release = await hold(`interview ${id}`);
	return orRelease(release, async () => {
		const interview = await vault.interviews.read(id);
		if (interview.state !== 'draft') {
			throw new FieldworkTrouble('phone.finished_already');
		}
		const files = await filesOf(vault, interview);
		const opened = await sessionOf({ vault, position }, interview, false, (form) => form.resume(interview.xml, files));
		const recorder = AuditRecorder.resumed(interview.audit);
		recorder.event('form resume');
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
	const all = await vault.interviews.list();
	const begunBefore = all.find((each) => each.corrects === returned.instance_id && each.state !== 'sent');
	if (begunBefore?.state === 'finished') {
		throw new FieldworkTrouble('phone.correction_waiting');
	}
	return begunBefore === undefined ? correctAnew({ vault, position }, returned) : goOn(vault, begunBefore.id, position);
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

async function correctAnew(phone: Phone, returned: ReturnedInterview): Promise<OpenInterview> {
	const { vault } = phone;
	const release = await hold(`correction ${returned.instance_id}`);
	return orRelease(release, async () => {
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
		return new OpenInterview({ vault, ...opened, recorder: started(), fixed, files, kept: false, release });
	});
}

async function begun(
	phone: Phone,
	form: FormName,
	filled: Task['filled'],
	about: Pick<Fixed, 'unitId' | 'assignmentId'>,
	releaseHousehold: () => void,
): Promise<OpenInterview> {
	const { vault } = phone;
	const opened = await sessionOf(phone, form, true, (one) => one.begin(filled));
	const fixed = newly(about);
	const releaseInterview = await hold(`interview ${fixed.id}`);
	const release = () => [releaseInterview, releaseHousehold].forEach((one) => one());
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

async function filesOf(vault: Vault, interview: KeptInterview): Promise<Map<string, AttachedFile>> {
	const files = new Map<string, AttachedFile>();
	for (const name of interview.fileNames) {
		const file = await vault.interviews.file(interview.id, name);
		if (file !== null) {
			files.set(name, file);
		}
	}
	return files;
}

/** What the supervisor said of the whole comes first. */
function commentsOf(returned: ReturnedInterview): readonly ReviewComment[] {
	const whole = returned.words === '' ? [] : [{ path: '', question: '', words: returned.words }];
	return [...whole, ...returned.comments];
}

async function orRelease<T>(release: () => void, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		release();
		throw error;
	}
}
