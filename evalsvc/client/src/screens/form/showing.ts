/** Bring what was asked for onto the screen, and the focus to it, after Vue has drawn it. */
import { nextTick } from 'vue';

import { fieldId, labelId } from '../../controls/ids.ts';
import type { Question } from '../../engine/question.ts';

/** The element of a question on the page. */
export function cardId(question: Question): string {
	return `question-${question.id}`;
}

/** The heading of the page that is shown: readers of screens go on from there. */
export const HEADING = 'form-heading';

/** Begin at the top of a new page. */
export async function showTop(): Promise<void> {
	await nextTick();
	window.scrollTo({ top: 0 });
	document.getElementById(HEADING)?.focus({ preventScroll: true });
}

/** Show a question, and go into its field where it has one. */
export async function showQuestion(question: Question): Promise<void> {
	await nextTick();
	await nextTick();
	const card = document.getElementById(cardId(question)) ?? lineOf(question);
	card?.scrollIntoView({ block: 'center' });
	const field =
		document.getElementById(fieldId(question)) ?? card?.querySelector<HTMLElement>('input, button, textarea');
	(field ?? document.getElementById(labelId(question)) ?? card)?.focus({ preventScroll: true });
}

/** The line of the row that a question is in, where the row is not open. */
function lineOf(question: Question): HTMLElement | null {
	const lines = [...document.querySelectorAll<HTMLElement>('[data-row]')];
	return lines.find((line) => question.path.startsWith(`${line.dataset.row}/`)) ?? null;
}
