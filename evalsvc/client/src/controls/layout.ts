/** How the choices of a question are laid out on a phone, from its appearances and how many there are. */
import type { Choice, Question } from '../engine/question.ts';

export type ChoiceLayout = 'rows' | 'columns' | 'scale' | 'sheet';

/** From so many choices on they are chosen in a sheet with a search. */
export const LONG_LIST = 20;

/** From so many short choices on they stand in columns; two stand beside each other. */
const MANY = 6;
const SHORT = 12;
const VERY_SHORT = 8;

export function choiceLayout(question: Question, choices: readonly Choice[]): ChoiceLayout {
	const { appearances } = question;
	if (
		appearances.has('minimal') ||
		appearances.has('autocomplete') ||
		appearances.has('search') ||
		choices.length > LONG_LIST
	) {
		return 'sheet';
	}
	if (
		appearances.has('likert') ||
		appearances.has('list-nolabel') ||
		appearances.has('list') ||
		appearances.has('horizontal')
	) {
		return 'scale';
	}
	return [...appearances].some((each) => each.startsWith('columns')) || areShort(choices) ? 'columns' : 'rows';
}

function areShort(choices: readonly Choice[]): boolean {
	const widest = Math.max(...choices.map((choice) => (choice.image === null ? width(choice.label.plain) : Infinity)));
	return (choices.length >= MANY && widest <= SHORT) || (choices.length === 2 && widest <= VERY_SHORT);
}

/** Half a Chinese character is one. */
function width(text: string): number {
	return [...text].reduce((sum, character) => sum + (character > '\u2e7f' ? 2 : 1), 0);
}
