/** An interview that is open on the screen: the form, the log, and the saving of both. */
import { markRaw } from 'vue';

import type { AuditRecorder } from '../audit/recorder.ts';
import type { FormSession } from '../engine/question.ts';
import type {
	AttachedFile,
	InterviewState,
	InterviewSummary,
	KeptInterview,
	ReviewComment,
	StoredForm,
} from '../model.ts';
import { bytesOf } from '../vault/bytes.ts';
import type { Vault } from '../vault/vault.ts';
import { Saver, type Snapshot, saveOnLeaving } from './saving.ts';

/** What stays the same of an interview while it is filled. */
export type Fixed = Pick<InterviewSummary, 'id' | 'unitId' | 'assignmentId' | 'corrects' | 'startedAt'> & {
	readonly comments: readonly ReviewComment[];
};

export interface Opening {
	readonly vault: Vault;
	readonly session: FormSession;
	/** Pictures, recordings and tables that come with the form. */
	readonly media: StoredForm['media'];
	readonly recorder: AuditRecorder;
	readonly fixed: Fixed;
	readonly files: ReadonlyMap<string, AttachedFile>;
	/** Whether it lies in the vault already. */
	readonly kept: boolean;
	/** Lets other tabs open it. */
	readonly release: () => void;
}

export class OpenInterview {
	readonly session: FormSession;
	readonly media: StoredForm['media'];
	readonly recorder: AuditRecorder;
	readonly fixed: Fixed;
	readonly saver: Saver;
	private readonly vault: Vault;
	private readonly endings: (() => void)[];
	private readonly release: () => void;
	private touched: boolean;
	private ended = false;
	/** What is being done with it besides saving; whoever closes it waits until that has ended. */
	private work: Promise<unknown> = Promise.resolve();

	constructor(opening: Opening) {
		this.session = opening.session;
		this.media = opening.media;
		this.recorder = opening.recorder;
		this.fixed = opening.fixed;
		this.vault = opening.vault;
		this.touched = opening.kept;
		const write = this.vault.interviews.save.bind(this.vault.interviews);
		this.saver = new Saver(write, () => this.snapshot('draft'), opening.kept ? opening.files : null);
		const stopListening = this.session.onChange(({ path, before, after }) => {
			this.recorder.changed(path, before, after);
			this.changed();
		});
		const end = () => this.session.close();
		this.endings = [stopListening, saveOnLeaving(this.saver), end];
		this.release = opening.release;
		markRaw(this);
	}

	/** The interview as it stands, with the files that it names. */
	snapshot(state: InterviewState): Snapshot {
		const { session } = this;
		const files = session.files();
		const xml = session.xml();
		const interview: KeptInterview = {
			...this.fixed,
			state,
			instanceId: session.instanceId,
			formId: session.formId,
			version: session.version,
			savedAt: new Date().toISOString(),
			fileNames: [...files.keys()],
			bytes: bytesOf(xml).length + sizeOf(files.values()),
			trouble: null,
			receivedAt: null,
			xml,
			audit: this.recorder.events(),
		};
		return { interview, files };
	}

	/** Write the finished interview: from here on nothing that happens on the screen makes a draft of it again. */
	async keepFinished(xml: string, log: AttachedFile | null): Promise<void> {
		this.ended = true;
		try {
			const { interview, files } = this.snapshot('finished');
			const logs = log === null ? [] : [log];
			const fileNames = [...interview.fileNames, ...logs.map((file) => file.name)];
			const bytes = bytesOf(xml).length + sizeOf([...files.values(), ...logs]);
			await this.vault.interviews.save({ ...interview, xml, fileNames, bytes }, logs);
		} catch (error) {
			this.ended = false;
			// It is a draft again, and a draft keeps answers and files that are not asked now; a submission does not.
			this.session.takeFinishBack();
			this.saver.changed();
			throw error;
		}
	}

	/** Do something with it that closing has to wait for. */
	during<T>(work: Promise<T>): Promise<T> {
		this.work = work.catch(() => undefined);
		return work;
	}

	/** Save and close; whether everything is on the disk. Where it is not, the interview stays open. */
	async close(): Promise<boolean> {
		await this.work;
		// A draft must not be written over what was finished meanwhile.
		if (!this.ended && !(await this.saveDraft())) {
			return false;
		}
		await this.leave();
		return true;
	}

	/**
	 * Close without saving: for what was finished, and for who gives up what cannot be saved. Resolves when other tabs may
	 * open it, which is not before a writing that is under way has ended: it would write over what they save.
	 */
	async leave(): Promise<void> {
		const stopped = this.saver.stop();
		this.endings.splice(0).forEach((end) => end());
		await stopped;
		await this.work;
		this.release();
	}

	private saveDraft(): Promise<boolean> {
		this.recorder.event('form exit');
		if (this.touched) {
			this.saver.changed();
		}
		return this.saver.flush();
	}

	private changed(): void {
		this.touched = true;
		if (!this.ended) {
			this.saver.changed();
		}
	}
}

function sizeOf(files: Iterable<AttachedFile>): number {
	return [...files].reduce((sum, file) => sum + file.bytes.length, 0);
}
