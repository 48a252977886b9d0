/** The steps of who fills a form: on, back, to a question, into the next row; what was typed is taken first. */
import { computed, type ComputedRef } from 'vue';

import type { Pending } from '../../controls/pending.ts';
import type { Question } from '../../engine/question.ts';
import { say } from '../../words/say.ts';
import type { OpenRow } from './finding.ts';
import type { Holding } from './holding.ts';
import type { Rows } from './rows.ts';
import { showQuestion } from './showing.ts';
import type { Way } from './way.ts';

/** The words of the two ways at the bottom, and what the one onwards does. */
export interface Footer {
	readonly back: string | null;
	readonly on: string;
	act(): void;
}

export interface Steps {
	readonly footer: ComputedRef<Footer>;
	/** One step back within the form; false where there is none and the form would be left. */
	goBack(): boolean;
	/** After a quick choice: the next question, or the next page. */
	advance(question: Question): void;
	jump(path: string): void;
}

interface Parts {
	readonly way: Way;
	readonly holding: Holding;
	readonly rows: Rows;
	readonly pending: Pending;
	finish(): void;
}

/** Step through a form. */
export function useSteps(parts: Parts): Steps {
	const { way, holding, pending } = parts;

	function goBack(): boolean {
		pending.flush();
		if (way.panel.value !== 'page') {
			way.show('page');
		} else if (way.rows.value.length > 0) {
			way.closeRow();
		} else if (way.number.value > 0) {
			way.step(-1);
		} else {
			return false;
		}
		return true;
	}

	function advance(question: Question): void {
		const shown = way.shown.value;
		const next = shown[shown.findIndex(({ id }) => id === question.id) + 1];
		if (next !== undefined) {
			void showQuestion(next);
		} else if (way.rows.value.length === 0) {
			goOn(parts);
		}
	}

	function jump(path: string): void {
		if (way.jump(path)) {
			way.shown.value.filter((question) => question.path === path).forEach(holding.leave);
		}
	}

	return { footer: computed(() => footerOf(parts)), goBack, advance, jump };
}

function footerOf(parts: Parts): Footer {
	const { way, rows, finish } = parts;
	const open = way.rows.value.at(-1);
	if (way.panel.value === 'overview') {
		return { back: null, on: say('phone.form.back_to_page'), act: () => way.show('page') };
	}
	if (way.panel.value === 'end') {
		return { back: say('phone.form.back'), on: say('phone.form.finish'), act: finish };
	}
	if (open !== undefined) {
		return { back: say('phone.form.back_to_list'), on: wordsAfter(open, rows), act: () => goOnFrom(open, parts) };
	}
	const isLast = way.number.value >= way.pages.value.length - 1;
	const back = way.number.value === 0 ? null : say('phone.form.back');
	return { back, on: say(isLast ? 'phone.form.to_end' : 'phone.form.on'), act: () => goOn(parts) };
}

function wordsAfter(open: OpenRow, rows: Rows): string {
	if (rows.next(open) !== null) {
		return say('phone.form.next_row');
	}
	return say(open.repeat.free ? 'phone.form.another_row' : 'phone.form.rows_done');
}

function goOn({ way, holding, pending }: Parts): void {
	pending.flush();
	if (holding.mayGoOn()) {
		way.step(1);
	}
}

/** On from a row: to the next one, to a new one, or back to the list where the form counts them. */
function goOnFrom(open: OpenRow, { way, holding, rows, pending }: Parts): void {
	pending.flush();
	if (!holding.mayGoOn()) {
		return;
	}
	const next = rows.next(open);
	if (next !== null) {
		way.changeRow(next);
	} else if (open.repeat.free) {
		rows.addAfter(open);
	} else {
		way.closeRow();
	}
}
