/** The log of an interview, in the events of ODK Collect's audit.csv. */
import type { AuditEvent } from '../model.ts';
import { type Clock, PHONE_CLOCK, SessionTime } from './clock.ts';

/** Events that last: they are entered and left. */
export type LastingEvent = 'question' | 'group questions' | 'add repeat' | 'jump' | 'end screen';

/** Events of one moment. */
export type MomentaryEvent =
	| 'form start'
	| 'form resume'
	| 'form save'
	| 'form exit'
	| 'form finalize'
	| 'delete repeat'
	| 'constraint error'
	| 'save error'
	| 'finalize error';

/** Ours: the phone's clock was set, or slept. `start` is the time of the log, `end` what the phone's clock says. */
export const CLOCK_OFFSET = 'clock offset';

/** A row that is being written: a lasting one is open until it is left. */
interface Row {
	readonly event: string;
	readonly node: string;
	readonly start: number;
	end: number | null;
	before: string | null;
	after: string | null;
	open: boolean;
	/** The page on which the question was changed; null where the row is not there for a change alone. */
	readonly page: Row | null;
}

/** Records what happens to one interview in one session; earlier sessions stand before it. */
export class AuditRecorder {
	private readonly rows: Row[] = [];
	private readonly time: SessionTime;

	constructor(
		clock: Clock = PHONE_CLOCK,
		private readonly earlier: readonly AuditEvent[] = [],
	) {
		this.time = new SessionTime(clock, latest(earlier));
	}

	/** Go on with the log of a draft. What was open when the application was killed keeps no end: nobody knows it. */
	static resumed(events: readonly AuditEvent[], clock: Clock = PHONE_CLOCK): AuditRecorder {
		return new AuditRecorder(clock, events);
	}

	/** A question, page or screen is shown; what is shown already is not entered twice. */
	entered(path: string, event: LastingEvent = 'question'): void {
		if (!this.rows.some((row) => row.open && row.node === path && row.event === event)) {
			this.add(event, path, true);
		}
	}

	/** It is no longer shown; what was changed on a page ends with the page. */
	left(path: string): void {
		this.end((row) => row.node === path || row.page?.node === path);
	}

	/**
	 * An answer was changed. The value before is the one of when the question, or its page, was shown: a change that was
	 * taken back is none.
	 */
	changed(path: string, before: string, after: string): void {
		const row = this.rowOf(path) ?? (before === after ? null : this.addToPage(path));
		if (row !== null) {
			row.before ??= before;
			row.after = after;
		}
	}

	/** Something happened; leaving the form ends what is still shown. */
	event(name: MomentaryEvent, path = ''): void {
		if (name === 'form exit') {
			this.end(() => true);
		}
		this.add(name, path, false);
	}

	/** The log as it stands, earlier sessions first. What is shown now has no end yet. */
	events(): AuditEvent[] {
		const kept = this.rows.filter((row) => row.page === null || row.before !== row.after);
		return [...this.earlier, ...kept.map(eventOf)];
	}

	private add(event: string, node: string, lasting: boolean, page: Row | null = null): Row {
		const start = page === null ? this.moment() : page.start;
		const row = { event, node, start, end: null, before: null, after: null, open: lasting, page };
		this.rows.push(row);
		return row;
	}

	private addToPage(path: string): Row {
		const page = this.rows.findLast((row) => row.open && row.event !== 'question');
		return page === undefined ? this.add('question', path, false) : this.add('question', path, true, page);
	}

	private rowOf(path: string): Row | null {
		return this.rows.find((row) => row.open && row.event === 'question' && row.node === path) ?? null;
	}

	private end(which: (row: Row) => boolean): void {
		const ending = this.rows.filter((row) => row.open && which(row));
		const end = ending.length === 0 ? 0 : this.moment();
		for (const row of ending) {
			row.open = false;
			row.end = end;
		}
	}

	/** The time of the log. Where the phone's clock has parted from it, a row says so first. */
	private moment(): number {
		const wall = this.time.parted();
		const now = this.time.now();
		if (wall !== null) {
			this.rows.push({ event: CLOCK_OFFSET, node: '', start: now, end: wall, ...NO_CHANGE });
		}
		return now;
	}
}

const NO_CHANGE = { before: null, after: null, open: false, page: null };

function eventOf({ event, node, start, end, before, after }: Row): AuditEvent {
	const isChange = before !== after;
	return { event, node, start, end, oldValue: isChange ? before : null, newValue: isChange ? after : null };
}

/** The last moment of a log; rows about the phone's clock hold the time of the log in their start alone. */
function latest(events: readonly AuditEvent[]): number {
	const times = events.flatMap(({ event, start, end }) => [start, event === CLOCK_OFFSET ? start : (end ?? start)]);
	return Math.max(0, ...times);
}
