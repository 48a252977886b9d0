import type { AnyLeafNode, GeneralChildNode, RootNode } from '@getodk/xforms-engine';

/** Find a leaf outside of repeats by the names on its way; null where the form has none. */
export function leafAt(root: RootNode, names: readonly string[]): AnyLeafNode | null {
	let nodes: readonly GeneralChildNode[] = root.currentState.children;
	let found: GeneralChildNode | undefined;
	for (const name of names) {
		found = nodes.find((node) => node.definition.qualifiedName.localName === name);
		nodes = found?.nodeType === 'group' ? found.currentState.children : [];
	}
	return found === undefined || !isLeaf(found) ? null : found;
}

/** Whether a node holds a value. */
export function isLeaf(node: GeneralChildNode): node is AnyLeafNode {
	return node.currentState.children === null;
}
