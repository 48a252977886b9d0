/** Rows of repeats: added, gone through one after the other, taken away. */
import type { AuditRecorder } from '../../audit/recorder.ts';
import type { Repeat, RepeatRow } from '../../engine/question.ts';
import type { OpenRow } from './finding.ts';
import type { Way } from './way.ts';

export interface Rows {
	/** Add a row and open it. */
	add(repeat: Repeat): void;
	/** Add a row after the one that is open. */
	addAfter(open: OpenRow): void;
	/** The row after the one that is open; null where that is the last. */
	next(open: OpenRow): RepeatRow | null;
	/** Take away the row that is open, and go back to the list. */
	remove(open: OpenRow): void;
}

/** Work on the rows of one form. */
export function useRows(way: Way, recorder: AuditRecorder): Rows {
	function added(repeat: Repeat): RepeatRow | null {
		repeat.add();
		recorder.entered(repeat.path, 'add repeat');
		recorder.left(repeat.path);
		return repeat.rows.at(-1) ?? null;
	}

	function place({ repeat, row }: OpenRow): number {
		return repeat.rows.findIndex(({ id }) => id === row.id);
	}

	function add(repeat: Repeat): void {
		const row = added(repeat);
		if (row !== null) {
			way.openRow(repeat, row);
		}
	}

	function addAfter(open: OpenRow): void {
		const row = added(open.repeat);
		if (row !== null) {
			way.changeRow(row);
		}
	}

	function remove(open: OpenRow): void {
		const index = place(open);
		recorder.event('delete repeat', open.row.path);
		way.closeRow();
		open.repeat.remove(index);
	}

	return { add, addAfter, next: (open) => open.repeat.rows[place(open) + 1] ?? null, remove };
}
