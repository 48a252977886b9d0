/** Interviews that are gone on with: handed to the engine, and kept in the words in which they were written. */
import type { AnyLeafNode, GeneralChildNode, InstanceData, RestoreFormInstanceInput } from '@getodk/xforms-engine';

import { isLeaf } from './leaves.ts';
import type { WrittenTexts } from './written.ts';

const SUBMISSION = 'xml_submission_file';

/** A submission as the engine reads it. Its files stay outside: the engine needs their names only, and these stand in the XML. */
export function instanceOf(interview: XMLDocument): RestoreFormInstanceInput {
	const data = new FormData();
	const xml = new XMLSerializer().serializeToString(interview);
	data.set(SUBMISSION, new File([xml], SUBMISSION, { type: 'text/xml' }));
	return { data: [data as InstanceData] };
}

/** Keep every answer as it stands in an interview. */
export function keepAsWritten(nodes: readonly GeneralChildNode[], parent: Element, written: WrittenTexts): void {
	const elementsOf = byName(parent);
	for (const node of nodes) {
		const elements = elementsOf.get(node.definition.qualifiedName.localName) ?? [];
		if (isLeaf(node)) {
			keepLeaf(node, elements[0], written);
		} else if (node.nodeType === 'group') {
			elements.slice(0, 1).forEach((group) => keepAsWritten(node.currentState.children, group, written));
		} else {
			for (const [index, row] of node.currentState.children.entries()) {
				elements.slice(index, index + 1).forEach((one) => keepAsWritten(row.currentState.children, one, written));
			}
		}
	}
}

function byName(parent: Element): Map<string, Element[]> {
	const found = new Map<string, Element[]>();
	for (const child of parent.children) {
		found.set(child.localName, [...(found.get(child.localName) ?? []), child]);
	}
	return found;
}

function keepLeaf(node: AnyLeafNode, element: Element | undefined, written: WrittenTexts): void {
	const text = element?.textContent ?? '';
	if (text !== '') {
		written.keepFromBefore(node, text);
	}
}
