/** Sends what is finished, the oldest first, one tab at a time; deletes nothing. */
import { markRaw, shallowRef } from 'vue';

import type { InterviewSummary, Trouble } from '../model.ts';
import { type Server, ServerTrouble } from '../server/server.ts';
import type { Vault } from '../vault/vault.ts';
import { deliver } from './delivering.ts';
import { unlessElsewhere } from './holding.ts';
import { FieldworkTrouble, troubleOf } from './trouble.ts';

/** What is being sent now, in bytes. */
export interface SendingProgress {
	readonly id: string;
	readonly sent: number;
	readonly total: number;
}

/** Troubles of one interview, that somebody has to look at: sending it again by itself would not help. */
const NEEDS_SOMEBODY = new Set([
	'phone.answers_differ',
	'phone.conflict',
	'phone.file_missing',
	'phone.file_too_large',
	'phone.not_allowed',
	'phone.not_found',
	'phone.receipt_differs',
	'phone.record_damaged',
	'phone.refused',
	'phone.too_large',
]);
/** Troubles of one interview that may pass; the others are tried all the same. */
const OF_ONE = new Set([
	'phone.interview_changed',
	'phone.interview_gone',
	'phone.server_error',
	'phone.unexpected_answer',
]);

/** The outbox was stopped, as when the vault is locked: no trouble of the interview. */
const STOPPED = 'phone.locked';

const FIRST_WAIT = 15;
const LONGEST_WAIT = 900;

/** Seconds to wait after so many failed runs in a row, spread so that phones do not all come at once. */
export function waitAfter(failures: number, chance = Math.random()): number {
	return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * (0.8 + 0.4 * chance);
}

export class Outbox {
	/** Null while nothing is being sent. */
	readonly sending = shallowRef<SendingProgress | null>(null);
	/** What ended the last run before its end; null where nothing did. */
	readonly trouble = shallowRef<Trouble | null>(null);
	/** When the next run is due, in milliseconds since 1970; null where none is. */
	readonly nextRun = shallowRef<number | null>(null);
	/** Begins the next run while the outbox keeps sending. */
	private next: (() => void) | null = null;
	private failures = 0;
	/** Seconds that the server asked to wait. */
	private asked = 0;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private ending = new AbortController();

	constructor(
		private readonly vault: Vault,
		private readonly server: Server,
	) {
		markRaw(this);
	}

	/**
	 * Send everything that is finished; `again` tries also what somebody has to look at. Gives how many were sent.
	 * Throws `phone.sending_elsewhere`. Why single ones were not sent stands beside them.
	 */
	async send(again = true): Promise<number> {
		const sent = await unlessElsewhere(`outbox ${this.vault.person.id}`, () => this.run(again));
		if (sent === null) {
			throw new FieldworkTrouble('phone.sending_elsewhere');
		}
		return sent;
	}

	/** Send from now on whenever there is something, a network, and no reason to wait. Returns how to stop. */
	keepSending(told: (sent: number) => void = () => undefined): () => void {
		const go = (again: boolean) => {
			clearTimeout(this.timer);
			this.send(again).then(told, () => {
				// Another tab is sending, or the phone could not be read: both may be over in a while.
				this.failures = Math.max(1, this.failures);
				this.plan();
			});
		};
		const online = () => go(false);
		window.addEventListener('online', online);
		this.next = () => go(false);
		go(true);
		return () => {
			window.removeEventListener('online', online);
			this.next = null;
			clearTimeout(this.timer);
			this.nextRun.value = null;
			this.ending.abort(new FieldworkTrouble(STOPPED));
			this.ending = new AbortController();
		};
	}

	private async run(again: boolean): Promise<number> {
		[this.trouble.value, this.asked] = [null, 0];
		let sent = 0;
		let failed = false;
		for (const { id } of await this.waiting(again)) {
			const trouble = await this.sendOne(id);
			sent += trouble === null ? 1 : 0;
			failed ||= trouble !== null && !NEEDS_SOMEBODY.has(trouble.code);
			if (trouble !== null && this.ends(trouble)) {
				this.trouble.value = trouble;
				break;
			}
		}
		this.failures = failed ? this.failures + 1 : 0;
		this.plan();
		return sent;
	}

	/** Whether a trouble ends a run: it is not of one interview alone, or the server asks to wait. */
	private ends({ code }: Trouble): boolean {
		return !NEEDS_SOMEBODY.has(code) && (!OF_ONE.has(code) || this.asked > 0);
	}

	private async waiting(again: boolean): Promise<readonly InterviewSummary[]> {
		const all = await this.vault.interviews.list();
		return all
			.filter(({ state, trouble }) => state === 'finished' && (again || !NEEDS_SOMEBODY.has(trouble?.code ?? '')))
			.sort((one, other) => (one.savedAt < other.savedAt ? -1 : 1));
	}

	/** Send one interview; gives why it could not be sent, which is written beside it. */
	private async sendOne(id: string): Promise<Trouble | null> {
		const onProgress = (sent: number, total: number) => (this.sending.value = { id, sent, total });
		onProgress(0, 0);
		try {
			await deliver(this.vault, this.server, id, { onProgress, signal: this.ending.signal });
			return null;
		} catch (error) {
			this.asked = Math.max(this.asked, (error instanceof ServerTrouble && error.retryAfter) || 0);
			const trouble = troubleOf(error);
			// Writing it down is a kindness: where that fails too, the interview is unsent all the same.
			if (trouble.code !== STOPPED) {
				await this.vault.interviews.noteTrouble(id, trouble).catch(() => undefined);
			}
			return trouble;
		} finally {
			this.sending.value = null;
		}
	}

	/** Have the next run due, if there is a reason for one. */
	private plan(): void {
		clearTimeout(this.timer);
		this.nextRun.value = null;
		if (this.next !== null && this.failures > 0) {
			const seconds = Math.max(waitAfter(this.failures), this.asked);
			this.nextRun.value = Date.now() + seconds * 1000;
			this.timer = setTimeout(() => this.next?.(), seconds * 1000);
		}
	}
}
