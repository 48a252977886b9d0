import type { SelectItem } from '@getodk/xforms-engine';

import { nameOf } from './media.ts';
import type { Choice, FormText } from './question.ts';
import { formText } from './text.ts';

const EMPTY: FormText = { plain: '', pieces: [] };
const knownChoices = new WeakMap<readonly SelectItem[], readonly Choice[]>();

/** The same list of the engine gives the same choices: screens need not draw them again. */
export function choicesOf(items: readonly SelectItem[]): readonly Choice[] {
	const choices = knownChoices.get(items) ?? items.map(choiceOf);
	knownChoices.set(items, choices);
	return choices;
}

function choiceOf({ value, label }: SelectItem): Choice {
	return { value, label: formText(label) ?? EMPTY, image: nameOf(label.imageSource) };
}
