/** How the choices of a question are laid out on a phone, from its appearances and how many there are. */
import type { Question } from '../engine/question.ts';

export type ChoiceLayout = 'rows' | 'columns' | 'scale' | 'sheet';

/** From so many choices on they are chosen in a sheet with a search. */
export const LONG_LIST = 20;

export function choiceLayout(question: Question, number: number): ChoiceLayout {
	const { appearances } = question;
	if (appearances.has('minimal') || appearances.has('autocomplete') || appearances.has('search') || number > LONG_LIST) {
		return 'sheet';
	}
	if (appearances.has('likert') || appearances.has('list-nolabel') || appearances.has('list') || appearances.has('horizontal')) {
		return 'scale';
	}
	return [...appearances].some((each) => each.startsWith('columns')) ? 'columns' : 'rows';
}
