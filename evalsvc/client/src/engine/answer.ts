/** Answers between screens, which hold texts, and the engine, which holds a type for each kind of value. */
import type {
	AnyControlNode,
	AnyInputNode,
	AnyRangeNode,
	GeopointInputNode,
	RankNode,
	SelectNode,
} from '@getodk/xforms-engine';

import type { Position } from '../model.ts';
import type { Answer } from './question.ts';
import type { WrittenTexts } from './written.ts';

/** The answer as a screen holds it; blank is null. */
export function answerOf(node: AnyControlNode, written: WrittenTexts): Answer {
	const text = written.of(node);
	if (text === '') {
		return null;
	}
	if (node.nodeType === 'rank' || (node.nodeType === 'select' && node.selectType === 'select')) {
		return node.currentState.value;
	}
	if (node.nodeType !== 'select' && node.valueType === 'geopoint') {
		return node.currentState.value as Position | null;
	}
	// What the engine computes has a decimal place even where it is a whole number.
	return node.valueType === 'decimal' ? text.replace(/\.0$/, '') : text;
}

/** Give an answer to the engine; false where the question does not take it, which then keeps what it had. */
export function giveTo(node: AnyControlNode, answer: Answer, written: WrittenTexts): boolean {
	if (node.currentState.readonly) {
		return false;
	}
	switch (node.nodeType) {
		case 'input':
			return giveInput(node, answer, written);
		case 'range':
			return giveNumber(node, answer, written);
		case 'select':
			return giveChoices(node, answer);
		case 'rank':
			return giveRank(node, answer);
		case 'trigger':
			node.setValue(typeof answer === 'string' && answer !== '');
			return true;
		default:
			return false;
	}
}

function giveInput(node: AnyInputNode, answer: Answer, written: WrittenTexts): boolean {
	switch (node.valueType) {
		case 'int':
		case 'decimal':
			return giveNumber(node, answer, written);
		case 'geopoint':
			return (answer === null || isPosition(answer)) && givePosition(node as GeopointInputNode, answer);
		case 'date':
		case 'time':
		case 'dateTime':
			return giveText(node, moment(node.valueType, typeof answer === 'string' ? answer : ''));
		default:
			return (answer === null || typeof answer === 'string') && giveText(node, cleaned(answer ?? ''));
	}
}

function givePosition(node: GeopointInputNode, position: Position | null): boolean {
	node.setValue(position);
	return position === null || node.currentState.value !== null;
}

/** Set a text; false where the engine finds no value of the question's type in it. */
function giveText(node: AnyInputNode, text: string): boolean {
	const before = node.currentState.instanceValue;
	(node as { setValue(value: string): unknown }).setValue(text);
	if (text !== '' && node.currentState.instanceValue === '') {
		(node as { setValue(value: string): unknown }).setValue(before);
		return false;
	}
	return true;
}

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** Whole numbers of XForms have 32 bits; digits beyond what a number holds would be changed silently. */
const LARGEST_WHOLE = 2147483647;
const MOST_DIGITS = 15;

type NumberNode = Extract<AnyInputNode | AnyRangeNode, { readonly valueType: 'int' | 'decimal' }>;

function giveNumber(node: NumberNode, answer: Answer, written: WrittenTexts): boolean {
	if (answer !== null && typeof answer !== 'string') {
		return false;
	}
	const typed = (answer ?? '').normalize('NFKC').trim();
	if (typed !== '' && !isNumber(node.valueType, typed)) {
		return false;
	}
	const text = node.valueType === 'int' && typed !== '' ? String(Number(typed)) : typed;
	node.setValue(text);
	written.keep(node, text);
	return true;
}

function isNumber(type: 'int' | 'decimal', typed: string): boolean {
	if (type === 'int') {
		return WHOLE.test(typed) && Math.abs(Number(typed)) <= LARGEST_WHOLE;
	}
	return DECIMAL.test(typed) && typed.replace(/\D/g, '').length <= MOST_DIGITS;
}

function giveChoices(node: SelectNode, answer: Answer): boolean {
	const values = valuesOf(answer);
	if (values === null || !values.every((value) => node.getValueOption(value) !== null)) {
		return false;
	}
	node.selectValues(values);
	return true;
}

function giveRank(node: RankNode, answer: Answer): boolean {
	const values = valuesOf(answer);
	const all = node.currentState.valueOptions.map((option) => option.value);
	if (values === null || (values.length > 0 && [...values].sort().join(' ') !== [...all].sort().join(' '))) {
		return false;
	}
	node.setValues(values);
	return true;
}

function valuesOf(answer: Answer): readonly string[] | null {
	if (answer === null || answer === '') {
		return [];
	}
	if (typeof answer === 'string') {
		return [answer];
	}
	return isPosition(answer) ? null : answer;
}

function isPosition(answer: Answer): answer is Position {
	return answer !== null && typeof answer === 'object' && 'latitude' in answer;
}

/** Controls of browsers give 08:30 without seconds and zone; both are written, as ODK Collect does. */
function moment(type: 'date' | 'time' | 'dateTime', text: string): string {
	if (type === 'date' || text === '') {
		return text;
	}
	const parts = /^(?:(.+)T)?(\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?([+-]\d{2}:\d{2}|Z)?$/.exec(text);
	if (parts === null) {
		return text;
	}
	const [, date, minutes, seconds = ':00.000', zone] = parts;
	const day = date === undefined ? new Date() : new Date(`${date}T${minutes}`);
	return `${date === undefined ? '' : `${date}T`}${minutes}${seconds}${zone ?? offset(day)}`;
}

function offset(day: Date): string {
	const minutes = -day.getTimezoneOffset();
	const two = (number: number): string => String(Math.trunc(Math.abs(number))).padStart(2, '0');
	return `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** Take away what no XML can hold: it comes with texts that were pasted. */
function cleaned(text: string): string {
	const lines = text.replace(/\r\n?/g, '\n');
	return lines.replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}
