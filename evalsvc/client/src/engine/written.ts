import type { AnyLeafNode } from '@getodk/xforms-engine';

/**
 * What was written stays as it was written while its value is the same. The engine makes 20000.0 of 20000, and a correction
 * would then change answers that nobody touched.
 */
export class WrittenTexts {
	private readonly texts = new Map<string, string>();

	/** Keep the text in which an answer was given, or stood in the interview that is gone on with. */
	keep(node: AnyLeafNode, text: string): void {
		if (!this.texts.has(node.nodeId)) {
			writeInstead(node, () => this.of(node));
		}
		this.texts.set(node.nodeId, text);
	}

	/** The answer's text as it is sent. */
	of(node: AnyLeafNode): string {
		const value = node.currentState.instanceValue;
		const text = this.texts.get(node.nodeId);
		return text !== undefined && sameValue(node, text, value) ? text : value;
	}
}

/** Whether the engine may hold the value in another text than the one that it was given in. */
export function isRewritten(node: AnyLeafNode): boolean {
	return (
		NUMBERS.has(node.valueType) || PLACES.has(node.valueType) || node.nodeType === 'select' || isComputedText(node)
	);
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'decimal']);
const PLACES: ReadonlySet<string> = new Set(['geopoint', 'geotrace', 'geoshape']);

function sameValue(node: AnyLeafNode, one: string, other: string): boolean {
	if (one === '' || other === '' || one === other) {
		return one === other;
	}
	if (NUMBERS.has(node.valueType)) {
		return Number(one) === Number(other);
	}
	if (PLACES.has(node.valueType)) {
		return numbersIn(one) === numbersIn(other);
	}
	if (node.nodeType === 'select') {
		return inOrder(one) === inOrder(other);
	}
	return isComputedText(node) && withoutZeros(one) === withoutZeros(other);
}

/** A text that the form computes may be a part of such a number or place. */
function isComputedText(node: AnyLeafNode): boolean {
	return node.valueType === 'string' && node.definition.bind.calculate !== null;
}

function withoutZeros(number: string): string {
	return /^-?\d+\.\d+$/.test(number) ? number.replace(/\.?0+$/, '') : number;
}

function numbersIn(places: string): string {
	const points = places.split(';').filter((point) => point.trim() !== '');
	return points.map((point) => point.trim().split(/\s+/).map(Number).join(' ')).join(';');
}

function inOrder(choices: string): string {
	return choices.trim().split(/\s+/).sort().join(' ');
}

/** Let a node be sent with another text than the engine's: the engine asks every node for its XML. */
export function writeInstead(node: AnyLeafNode, text: () => string): void {
	const engineState = node.instanceState;
	const state = {
		get instanceXML(): string {
			const written = engineState.instanceXML;
			return written === '' ? '' : withText(written, text());
		},
	};
	Object.defineProperty(node, 'instanceState', { configurable: true, value: state });
}

function withText(element: string, text: string): string {
	const name = /^<([^\s/>]+)/.exec(element)?.[1] ?? '';
	const opened = element.slice(0, element.indexOf('>')).replace(/\/$/, '');
	return text === '' ? `${opened}/>` : `${opened}>${escapeText(text)}</${name}>`;
}

/** Escape a text for the inside of an XML element. */
export function escapeText(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
