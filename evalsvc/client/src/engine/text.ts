/** The form's texts as screens draw them: pieces of plain words instead of Markdown. */
import type { MarkdownNode, TextRange, TextRole } from '@getodk/xforms-engine';

import { GUIDANCE } from './guidance.ts';
import type { FormText, TextPiece } from './question.ts';

/** Characters without which a text holds no Markdown. */
const MARKED = /[*_#`<>[\]\\&~]|^\s*(?:[-+]|\d+[.)])\s/m;
/** What workbooks are converted to where a text is missing in a language. */
const MISSING = '-';

interface Parts {
	readonly words: FormText | null;
	readonly guidance: FormText | null;
}

const NOTHING: Parts = { words: null, guidance: null };
const known = new WeakMap<object, Parts>();

/** Give a text of the engine as pieces; the same text gives the same pieces without being parsed again. */
export function formText(range: TextRange<TextRole> | null): FormText | null {
	return partsOf(range).words;
}

/** Give the guidance that follows a hint. */
export function guidanceIn(range: TextRange<TextRole> | null): FormText | null {
	return partsOf(range).guidance;
}

function partsOf(range: TextRange<TextRole> | null): Parts {
	if (range === null) {
		return NOTHING;
	}
	const parts = known.get(range) ?? separated(range);
	known.set(range, parts);
	return parts;
}

function separated(range: TextRange<TextRole>): Parts {
	const written = range.asString;
	const pieces = MARKED.test(written) ? fromMarkdown(range.formatted) : lines(written);
	const at = pieces.findIndex((piece) => piece.text.includes(GUIDANCE));
	const piece = pieces[at];
	if (piece === undefined) {
		return { words: textOf(pieces), guidance: null };
	}
	const [before = '', after = ''] = piece.text.split(GUIDANCE);
	return {
		words: textOf([...pieces.slice(0, at), { ...piece, text: before }]),
		guidance: textOf([{ ...piece, text: after, breaks: false }, ...pieces.slice(at + 1)]),
	};
}

function textOf(pieces: readonly TextPiece[]): FormText | null {
	const plain = pieces.map((piece) => (piece.breaks ? '\n' : '') + piece.text).join('');
	const said = plain.trim();
	return said === '' || said === MISSING ? null : { plain: said, pieces: pieces.filter((piece) => piece.text !== '') };
}

function lines(written: string): TextPiece[] {
	const plain = written.trim().split(/\s*\n\s*/);
	return plain.map((text, index) => ({ text, strong: false, emphasis: false, breaks: index > 0 }));
}

interface Style {
	readonly strong: boolean;
	readonly emphasis: boolean;
}

const BLOCKS = new Set(['p', 'div', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const STRONG = new Set(['strong', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const BULLET = '• ';

function fromMarkdown(nodes: readonly MarkdownNode[]): TextPiece[] {
	const pieces: TextPiece[] = [];
	let breaks = false;
	const add = (text: string, style: Style): void => {
		pieces.push({ text, ...style, breaks });
		breaks = false;
	};
	const walk = (node: MarkdownNode, style: Style, number: number | null): void => {
		if (node.role === 'child') {
			add(node.value, style);
		} else if (node.role === 'line-break' || (node.role === 'html' && /^<br\b/i.test(node.unsafeHtml))) {
			breaks = pieces.length > 0;
		} else if (node.role === 'parent') {
			breaks ||= BLOCKS.has(node.elementName) && pieces.length > 0;
			if (node.elementName === 'li') {
				add(number === null ? BULLET : `${number}. `, style);
			}
			const inner = styleBelow(node.elementName, style);
			const ordered = node.elementName === 'ol';
			node.children.forEach((child, index) => walk(child, inner, ordered ? index + 1 : null));
			breaks ||= BLOCKS.has(node.elementName);
		}
	};
	nodes.forEach((node) => walk(node, { strong: false, emphasis: false }, null));
	return pieces;
}

function styleBelow(element: string, style: Style): Style {
	return { strong: style.strong || STRONG.has(element), emphasis: style.emphasis || element === 'em' };
}
