/** The nodes of a form as screens see them, without values that are only computed. */
import type { GeneralChildNode, GroupNode, RepeatInstanceNode, RepeatRangeNode } from '@getodk/xforms-engine';

import { type Interview, TreeNode } from './node.ts';
import type { FormNode, Group, Repeat, RepeatRow } from './question.ts';
import { QuestionNode } from './question_node.ts';

class GroupOfNodes extends TreeNode<GroupNode> implements Group {
	readonly node = 'group';
	readonly children: readonly FormNode[];

	constructor(engine: GroupNode, interview: Interview) {
		super(engine, interview);
		this.children = shownChildren(engine.currentState.children, interview);
	}

	/** A group without a question that is asked is not shown either. */
	override get relevant(): boolean {
		return super.relevant && this.children.some((child) => child.relevant);
	}
}

class Row extends TreeNode<RepeatInstanceNode> implements RepeatRow {
	readonly node = 'row';
	readonly children: readonly FormNode[];

	constructor(engine: RepeatInstanceNode, interview: Interview) {
		super(engine, interview);
		this.children = shownChildren(engine.currentState.children, interview);
	}
}

class RepeatOfRows extends TreeNode<RepeatRangeNode> implements Repeat {
	readonly node = 'repeat';
	private readonly known = new WeakMap<RepeatInstanceNode, Row>();

	get rows(): readonly RepeatRow[] {
		return this.engine.currentState.children.map((row) => this.rowOf(row));
	}

	get free(): boolean {
		return this.engine.nodeType === 'repeat-range:uncontrolled';
	}

	/** Without rows there is something to show only where one can be added. */
	override get relevant(): boolean {
		return super.relevant && (this.free || this.engine.currentState.children.length > 0);
	}

	add(): void {
		if (this.engine.nodeType === 'repeat-range:uncontrolled') {
			this.engine.addInstances();
			this.tellOfRow(this.engine.currentState.children.length);
		}
	}

	remove(index: number): void {
		if (this.engine.nodeType === 'repeat-range:uncontrolled') {
			this.engine.removeInstances(index);
			this.tellOfRow(index + 1);
		}
	}

	private tellOfRow(row: number): void {
		this.interview.tell({ path: `${this.path}[${row}]`, before: '', after: '' });
	}

	private rowOf(engine: RepeatInstanceNode): Row {
		const row = this.known.get(engine) ?? new Row(engine, this.interview);
		this.known.set(engine, row);
		return row;
	}
}

/** The children that screens show: values that are only computed, and groups of such, are left out. */
export function shownChildren(nodes: readonly GeneralChildNode[], interview: Interview): readonly FormNode[] {
	return nodes.flatMap((node): FormNode[] => {
		switch (node.nodeType) {
			case 'model-value':
				return [];
			case 'group': {
				const group = new GroupOfNodes(node, interview);
				return group.children.length > 0 ? [group] : [];
			}
			case 'repeat-range:controlled':
			case 'repeat-range:uncontrolled':
				return [new RepeatOfRows(node, interview)];
			default:
				return [new QuestionNode(node, interview)];
		}
	});
}
