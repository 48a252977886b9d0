import type { AnyControlNode, GroupNode, RepeatInstanceNode, RepeatRangeNode } from '@getodk/xforms-engine';
import { markRaw } from 'vue';

import type { FormDefinition } from './definition.ts';
import type { InterviewFiles } from './files.ts';
import type { Change, FormText } from './question.ts';
import { formText } from './text.ts';
import type { WrittenTexts } from './written.ts';

/** What every node of one interview shares. */
export interface Interview {
	readonly definition: FormDefinition;
	readonly files: InterviewFiles;
	readonly written: WrittenTexts;
	tell(change: Change): void;
}

export type EngineNode = AnyControlNode | GroupNode | RepeatRangeNode | RepeatInstanceNode;

/** A node of a form. It reads the engine's state at each look and holds no state of its own. */
export abstract class TreeNode<Engine extends EngineNode> {
	readonly id: string;
	readonly appearances: ReadonlySet<string>;

	constructor(
		protected readonly engine: Engine,
		protected readonly interview: Interview,
	) {
		this.id = engine.nodeId;
		this.appearances = appearancesOf(engine);
		markRaw(this);
	}

	get path(): string {
		return this.engine.currentState.reference;
	}

	get label(): FormText | null {
		return formText(this.engine.currentState.label);
	}

	get hint(): FormText | null {
		return formText(this.engine.currentState.hint);
	}

	get relevant(): boolean {
		return this.engine.currentState.relevant;
	}
}

function appearancesOf(node: EngineNode): ReadonlySet<string> {
	const tokens: unknown = node.appearances ?? [];
	return new Set(tokens as Iterable<string>);
}
