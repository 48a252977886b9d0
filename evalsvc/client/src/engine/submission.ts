import type {
	AnyLeafNode,
	GeneralChildNode,
	GroupNode,
	RepeatInstanceNode,
	RepeatRangeNode,
	RootNode,
} from '@getodk/xforms-engine';

import { leafAt } from './leaves.ts';
import type { WrittenTexts } from './written.ts';

/**
 * Writes an interview: as a submission, which has the answers of what is asked, and as a draft, which has every answer. A
 * slip at one question can hide a hundred others; they must be there again when it is taken back, also after a restart.
 */
export class InterviewWriter {
	private readonly start: string;
	private readonly end: string;
	private readonly audit: AnyLeafNode | null;

	constructor(
		private readonly root: RootNode,
		private readonly written: WrittenTexts,
	) {
		const { instanceXML } = root.instanceState;
		this.start = `${instanceXML.slice(0, instanceXML.indexOf('>')).replace(/\/$/, '')}>`;
		this.end = `</${root.definition.qualifiedName.getPrefixedName()}>`;
		this.audit = leafAt(root, ['meta', 'audit']);
	}

	/** The interview with all answers, those of questions that are not asked now among them. */
	draft(): string {
		return this.whole((leaf) => this.written.remembered(leaf));
	}

	/** The interview as it is sent, with the name of its log. */
	submission(auditFile: string | null): string {
		return this.whole((leaf) => {
			const text = leaf === this.audit ? (auditFile ?? '') : this.written.of(leaf);
			return leaf.currentState.relevant ? text : null;
		});
	}

	private whole(textOf: (leaf: AnyLeafNode) => string | null): string {
		return this.start + childrenOf(this.root, textOf) + this.end;
	}
}

type TextOf = (leaf: AnyLeafNode) => string | null;

function childrenOf(parent: RootNode | GroupNode | RepeatInstanceNode, textOf: TextOf): string {
	return parent.currentState.children.map((child) => elementOf(child, textOf)).join('');
}

function elementOf(node: GeneralChildNode, textOf: TextOf): string {
	switch (node.nodeType) {
		case 'group':
			return parentElement(node, textOf);
		case 'repeat-range:controlled':
		case 'repeat-range:uncontrolled':
			return rowsOf(node)
				.map((row) => parentElement(row, textOf))
				.join('');
		default: {
			const text = textOf(node);
			return text === null ? '' : element(node, escapeText(text));
		}
	}
}

function rowsOf(repeat: RepeatRangeNode): readonly RepeatInstanceNode[] {
	return repeat.currentState.children;
}

/** What is not asked is written only where there is something in it. */
function parentElement(node: GroupNode | RepeatInstanceNode, textOf: TextOf): string {
	const inner = childrenOf(node, textOf);
	return inner === '' && !node.currentState.relevant ? '' : element(node, inner);
}

function element(node: AnyLeafNode | GroupNode | RepeatInstanceNode, inner: string): string {
	const name = node.definition.qualifiedName.getPrefixedName();
	const attributes = node.currentState.attributes.map((attribute) => attribute.instanceState.instanceXML).join('');
	return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
}

/** Escape a text for the inside of an XML element. */
export function escapeText(text: string): string {
	return /[&<>]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;
}
