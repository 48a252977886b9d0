import type { AnyLeafNode } from '@getodk/xforms-engine';

/**
 * The answers in the words in which they were written. The engine makes 20000.0 of 20000, and a correction would then
 * change answers that nobody touched; and it does not tell the answers of questions that are not asked now.
 */
export class WrittenTexts {
	private readonly texts = new Map<string, string>();
	private readonly before = new Map<string, string>();

	/** Keep the text in which an answer was given. */
	keep(node: AnyLeafNode, text: string): void {
		this.texts.set(node.nodeId, text);
	}

	/** Keep the text that stood in the interview which is gone on with. */
	keepFromBefore(node: AnyLeafNode, text: string): void {
		this.before.set(node.nodeId, text);
		this.texts.set(node.nodeId, text);
	}

	/** The answer's text as it is sent: as it was written, while that is the value that the engine holds. */
	of(node: AnyLeafNode): string {
		const value = node.currentState.instanceValue;
		return same(node, this.texts.get(node.nodeId), value) ?? same(node, this.before.get(node.nodeId), value) ?? value;
	}

	/** The answer's text, the last one where the question is not asked now; null where there was none then. */
	remembered(node: AnyLeafNode): string | null {
		if (!node.currentState.relevant) {
			return this.texts.get(node.nodeId) || null;
		}
		const text = this.of(node);
		this.texts.set(node.nodeId, text);
		return text;
	}
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'decimal']);
const PLACES: ReadonlySet<string> = new Set(['geopoint', 'geotrace', 'geoshape']);

/** The text, where it says the same value. */
function same(node: AnyLeafNode, text: string | undefined, value: string): string | null {
	return text !== undefined && sameValue(node, text, value) ? text : null;
}

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
