import type { SelectItem } from '@getodk/xforms-engine';

import { nameOf } from './media.ts';
import type { Choice, FormText } from './question.ts';
import { formText } from './text.ts';

const knownChoices = new WeakMap<readonly SelectItem[], readonly Choice[]>();

/** The same list of the engine gives the same choices: screens need not draw them again. */
export function choicesOf(items: readonly SelectItem[]): readonly Choice[] {
	const choices = knownChoices.get(items) ?? items.map(choiceOf);
	knownChoices.set(items, choices);
	return choices;
}

function choiceOf({ value, label }: SelectItem): Choice {
	return { value, label: formText(label) ?? itself(value), image: nameOf(label.imageSource) };
}

/** A choice without words in this language is shown by its value. */
function itself(value: string): FormText {
	return { plain: value, pieces: [{ text: value, strong: false, emphasis: false, breaks: false }] };
}
