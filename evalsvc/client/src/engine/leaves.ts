import type { AnyLeafNode, GeneralChildNode, GroupNode, RootNode } from '@getodk/xforms-engine';

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

type Definition = NonNullable<(RootNode | GroupNode)['definition']['children']>[number];

/** The paths of values that no question asks for, without the numbers of rows. */
export function computedPaths(parent: { readonly children: readonly Definition[] }): string[] {
	return parent.children.flatMap((child) => {
		if (child.type !== 'leaf-node') {
			return computedPaths(child);
		}
		return child.bodyElement === null ? [child.nodeset] : [];
	});
}
