/** The form's texts as screens draw them: pieces of plain words instead of Markdown. */
import type { MarkdownNode, TextRange, TextRole } from '@getodk/xforms-engine';

import type { FormText, TextPiece } from './question.ts';

/** Characters without which a text holds no Markdown. */
const MARKED = /[*_#`<>[\]\\&~]|^\s*(?:[-+]|\d+[.)])\s/m;

const known = new WeakMap<object, FormText>();

/** Give a text of the engine as pieces; the same text gives the same pieces without being parsed again. */
export function formText(range: TextRange<TextRole> | null): FormText | null {
	if (range === null) {
		return null;
	}
	const text = known.get(range) ?? piecesOf(range);
	known.set(range, text);
	return text;
}

function piecesOf(range: TextRange<TextRole>): FormText {
	const written = range.asString;
	const pieces = MARKED.test(written) ? fromMarkdown(range.formatted) : lines(written);
	return { plain: pieces.map((piece) => (piece.breaks ? '\n' : '') + piece.text).join(''), pieces };
}

function lines(written: string): TextPiece[] {
	const plain = written.split(/\r?\n/);
	return plain.map((text, index) => ({ text, strong: false, emphasis: false, breaks: index > 0 }));
}

interface Style {
	readonly strong: boolean;
	readonly emphasis: boolean;
}

const BLOCKS = new Set(['p', 'div', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const STRONG = new Set(['strong', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

function fromMarkdown(nodes: readonly MarkdownNode[]): TextPiece[] {
	const pieces: TextPiece[] = [];
	let breaks = false;
	const walk = (node: MarkdownNode, style: Style): void => {
		if (node.role === 'child') {
			pieces.push({ text: node.value, ...style, breaks });
			breaks = false;
		} else if (node.role === 'line-break') {
			breaks = pieces.length > 0;
		} else if (node.role === 'parent') {
			breaks ||= BLOCKS.has(node.elementName) && pieces.length > 0;
			const strong = style.strong || STRONG.has(node.elementName);
			const emphasis = style.emphasis || node.elementName === 'em';
			node.children.forEach((child) => walk(child, { strong, emphasis }));
		}
	};
	nodes.forEach((node) => walk(node, { strong: false, emphasis: false }));
	return pieces;
}
