/** Interviews of one person: each a summary, its contents and its files, sealed, and changed in one transaction. */
import type {
	AttachedFile,
	InterviewState,
	InterviewSummary,
	KeptInterview,
	Receipt,
	ReviewComment,
	AuditEvent,
	Trouble,
} from '../model.ts';
import { bytesOf, framed, sha256, unframed } from './bytes.ts';
import { read, write, type Writing } from './database.ts';
import type { FileRecord, SealedRecord, SummaryRecord } from './schema.ts';
import { type DataKey, identity } from './sealing.ts';
import { unlessDamaged, VaultTrouble } from './trouble.ts';

const ALL = ['summaries', 'contents', 'files'] as const;
/** What a writing looks at besides: nothing of a person comes back who was forgotten meanwhile. */
const ALL_AND_PERSON = [...ALL, 'people'] as const;

interface Contents {
	readonly xml: string;
	readonly audit: readonly AuditEvent[];
	readonly comments: readonly ReviewComment[];
}

export class Interviews {
	/** Summaries that did not open when they were last listed: the disk or somebody has changed them. */
	unreadable = 0;
	/** The revisions of the drafts that were written here last: what lies there is known without being read. */
	private readonly written = new Map<string, string>();

	constructor(
		private readonly owner: string,
		private readonly key: DataKey,
	) {}

	/** What is shown of each interview, the oldest first; those that do not open are counted in `unreadable`. */
	async list(): Promise<readonly InterviewSummary[]> {
		const records = await read(['summaries'], (all) => all.objectStore('summaries').index('owner').getAll(this.owner));
		const opened = await Promise.allSettled(records.map((record) => this.openSummary(record)));
		const locked = opened.find((each) => each.status === 'rejected' && each.reason.trouble?.code === 'phone.locked');
		if (locked?.status === 'rejected') {
			throw locked.reason;
		}
		const summaries = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
		this.unreadable = opened.length - summaries.length;
		return summaries.sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
	}

	/** An interview as it is kept. Throws `phone.interview_gone`, `phone.record_damaged`. */
	async read(id: string): Promise<KeptInterview> {
		const [summary, contents] = await read(['summaries', 'contents'], (all) =>
			Promise.all([all.objectStore('summaries').get(id), all.objectStore('contents').get(id)]),
		);
		if (summary === undefined || contents === undefined) {
			throw new VaultTrouble('phone.interview_gone');
		}
		const kept = (await this.key.openJson(this.name('contents', id), contents.sealed)) as Contents;
		return { ...(await this.openSummary(summary)), ...kept };
	}

	/** A file of an interview; null where there is none of that name. */
	async file(id: string, name: string): Promise<AttachedFile | null> {
		const key = await fileKey(id, name);
		const record = await read(['files'], (all) => all.objectStore('files').get(key));
		if (record === undefined) {
			return null;
		}
		const { head, body } = unframed(await this.key.open(this.name('files', key), record.sealed));
		return { ...(head as Pick<AttachedFile, 'name' | 'type'>), bytes: body };
	}

	/**
	 * Write an interview with the files that are new or changed; what it no longer names goes in the same transaction.
	 * Resolves when everything has reached the disk. Throws `phone.file_missing` where it names a file that is neither
	 * here nor given, `phone.already_sent`, `phone.finished_already` for a draft of what was finished, `phone.interview_changed`,
	 * `phone.person_gone`, `phone.storage_full`, `phone.storage_failed`.
	 */
	async save(interview: KeptInterview, newFiles: readonly AttachedFile[]): Promise<void> {
		const { xml, audit, comments, ...summary } = interview;
		const isDraft = interview.state === 'draft';
		const known = isDraft ? (this.written.get(interview.id) ?? (await this.revisionOfDraft(interview.id))) : null;
		this.written.delete(interview.id);
		const sealed = await this.sealSummary(summary);
		const contents = await this.sealContents(interview.id, { xml, audit, comments });
		const files = await Promise.all(newFiles.map((file) => this.sealFile(interview.id, file)));
		const wanted = new Map<string, string>();
		for (const name of interview.fileNames) {
			wanted.set(await fileKey(interview.id, name), name);
		}
		await write([...ALL_AND_PERSON], async (all) => {
			await requirePerson(all, this.owner);
			await refuseLater(all, interview.id, known);
			await all.objectStore('summaries').put(sealed);
			await all.objectStore('contents').put(contents);
			for (const file of files) {
				await all.objectStore('files').put(file);
			}
			await keepOnly(all, interview.id, wanted);
		});
		if (isDraft) {
			this.written.set(interview.id, sealed.revision);
		}
	}

	/**
	 * Take an interview out of what is to be sent: the server holds the same. The caller has compared the files; the XML
	 * is compared here once more, for nothing else is ever a reason. Throws `phone.receipt_differs`.
	 */
	async markSent(id: string, receipt: Receipt): Promise<void> {
		const { xml } = await this.read(id);
		if ((await sha256(bytesOf(xml))) !== receipt.sha256) {
			throw new VaultTrouble('phone.receipt_differs');
		}
		await this.amend(id, { state: 'sent', receivedAt: receipt.received_at, trouble: null }, ['finished']);
	}

	/** Write down why an interview could not be sent; null when that is over. */
	noteTrouble(id: string, trouble: Trouble | null): Promise<void> {
		return this.amend(id, { trouble }, ['finished', 'sent']);
	}

	/** Remove an interview and its files. Throws `phone.unsent` where it was not sent, unless `evenUnsent`. */
	async remove(id: string, evenUnsent = false): Promise<void> {
		await write([...ALL], async (all) => {
			const record = await all.objectStore('summaries').get(id);
			if (record?.unsent && !evenUnsent) {
				throw new VaultTrouble('phone.unsent', { number: 1 });
			}
			await all.objectStore('summaries').delete(id);
			await all.objectStore('contents').delete(id);
			await keepOnly(all, id, new Map());
		});
	}

	/** Change parts of a summary, if it is still what was read; an interview in another state is left alone. */
	private async amend(id: string, parts: Partial<InterviewSummary>, states: readonly InterviewState[]): Promise<void> {
		const before = await read(['summaries'], (all) => all.objectStore('summaries').get(id));
		if (before === undefined) {
			throw new VaultTrouble('phone.interview_gone');
		}
		const summary = await this.openSummary(before);
		if (!states.includes(summary.state)) {
			throw new VaultTrouble('phone.interview_changed');
		}
		const after = await this.sealSummary({ ...summary, ...parts });
		await write(['summaries'], async (all) => {
			const now = await all.objectStore('summaries').get(id);
			if (now?.revision !== before.revision) {
				throw new VaultTrouble('phone.interview_changed');
			}
			await all.objectStore('summaries').put(after);
		});
	}

	/**
	 * The revision of a draft that is to be written over; null where none lies here. What cannot be read any more is healed by
	 * writing over it. Throws `phone.finished_already`: a page that knows nothing of the end makes no draft of it.
	 */
	private async revisionOfDraft(id: string): Promise<string | null> {
		const record = await read(['summaries'], (all) => all.objectStore('summaries').get(id));
		const before = record && (await unlessDamaged(() => this.openSummary(record)));
		if (before?.state === 'finished') {
			throw new VaultTrouble('phone.finished_already');
		}
		return record?.revision ?? null;
	}

	private name(store: string, key: string): ReturnType<typeof identity> {
		return identity(store, this.owner, key);
	}

	private async openSummary(record: SummaryRecord): Promise<InterviewSummary> {
		return (await this.key.openJson(this.name('summaries', record.key), record.sealed)) as InterviewSummary;
	}

	private async sealSummary(summary: InterviewSummary): Promise<SummaryRecord> {
		const sealed = await this.key.sealJson(this.name('summaries', summary.id), summary);
		const revision = crypto.randomUUID();
		return { key: summary.id, owner: this.owner, unsent: summary.state !== 'sent', revision, sealed };
	}

	private async sealContents(id: string, contents: Contents): Promise<SealedRecord> {
		return { key: id, owner: this.owner, sealed: await this.key.sealJson(this.name('contents', id), contents) };
	}

	private async sealFile(interview: string, file: AttachedFile): Promise<FileRecord> {
		const key = await fileKey(interview, file.name);
		const frame = framed({ name: file.name, type: file.type }, file.bytes);
		return { key, owner: this.owner, interview, sealed: await this.key.seal(this.name('files', key), frame) };
	}
}

/** Where a file lies. Its name may tell of a person, so it is not to be read in the database. */
async function fileKey(interview: string, name: string): Promise<string> {
	return sha256(bytesOf(JSON.stringify([interview, name])));
}

async function requirePerson(all: Writing, owner: string): Promise<void> {
	if ((await all.objectStore('people').getKey(owner)) === undefined) {
		throw new VaultTrouble('phone.person_gone');
	}
}

/** Refuse to write over what was sent, or a draft over anything but the draft whose revision is `known`. */
async function refuseLater(all: Writing, id: string, known: string | null): Promise<void> {
	const now = await all.objectStore('summaries').get(id);
	if (now !== undefined && !now.unsent) {
		throw new VaultTrouble('phone.already_sent');
	}
	if (known !== null && now !== undefined && now.revision !== known) {
		throw new VaultTrouble('phone.interview_changed');
	}
}

/** Remove the files of an interview but those that it names, by their keys; every one of these has to be there. */
async function keepOnly(all: Writing, interview: string, wanted: ReadonlyMap<string, string>): Promise<void> {
	const files = all.objectStore('files');
	const here = new Set(await files.index('interview').getAllKeys(interview));
	for (const [key, name] of wanted) {
		if (!here.has(key)) {
			throw new VaultTrouble('phone.file_missing', { name });
		}
	}
	for (const key of here) {
		if (!wanted.has(key)) {
			await files.delete(key);
		}
	}
}
