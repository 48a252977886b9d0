import type { AnyControlNode } from '@getodk/xforms-engine';

import { attributesOf, type FormDefinition } from './definition.ts';

/** What the engine reads itself, or gives by another name. */
const OF_THE_ENGINE = new Set([
	'ref',
	'appearance',
	'nodeset',
	'type',
	'relevant',
	'required',
	'constraint',
	'constraintMsg',
	'requiredMsg',
	'readonly',
	'calculate',
	'preload',
	'preloadParams',
	'saveIncomplete',
]);

/** XForms calls some parameters otherwise than the workbook in which they were written. */
const AS_WRITTEN: Readonly<Record<string, string>> = {
	accuracyThreshold: 'capture-accuracy',
	unacceptableAccuracyThreshold: 'warning-accuracy',
};

/** The parameters of a control, by the names that they have in a workbook, and the marks of its bind. */
export function parametersOf(node: AnyControlNode, form: FormDefinition): Readonly<Record<string, string>> {
	const control = node.definition.bodyElement.element as Element;
	const all = { ...form.bindAttributes(node.definition.nodeset), ...attributesOf(control) };
	const shown = Object.entries(all).filter(([name]) => !OF_THE_ENGINE.has(name));
	return Object.fromEntries(shown.map(([name, value]) => [AS_WRITTEN[name] ?? name, value]));
}
