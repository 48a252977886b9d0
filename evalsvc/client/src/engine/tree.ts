/** The nodes of a form as screens see them. They read the engine's state at each look and hold no state of their own. */
import type {
	AnyControlNode,
	GeneralChildNode,
	GroupNode,
	RepeatInstanceNode,
	RepeatRangeNode,
	SelectItem,
	TextRange,
} from '@getodk/xforms-engine';
import { markRaw } from 'vue';

import type { AttachedFile } from '../model.ts';
import { answerOf, giveTo } from './answer.ts';
import type { FormDefinition } from './definition.ts';
import type { InterviewFiles } from './files.ts';
import { kindOf } from './kind.ts';
import { fileName } from './media.ts';
import { parametersOf } from './parameters.ts';
import type {
	Answer,
	Change,
	Choice,
	FormNode,
	FormText,
	Group,
	Objection,
	Question,
	QuestionKind,
	Repeat,
	RepeatRow,
} from './question.ts';
import { formText, guidanceIn } from './text.ts';
import type { WrittenTexts } from './written.ts';

/** What every node of one interview shares. */
export interface Interview {
	readonly definition: FormDefinition;
	readonly files: InterviewFiles;
	readonly written: WrittenTexts;
	tell(change: Change): void;
}

type EngineNode = AnyControlNode | GroupNode | RepeatRangeNode | RepeatInstanceNode;

const EMPTY: FormText = { plain: '', pieces: [] };

abstract class TreeNode<Engine extends EngineNode> {
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

class QuestionNode extends TreeNode<AnyControlNode> implements Question {
	readonly node = 'question';
	private knownParameters: Readonly<Record<string, string>> | undefined;

	get kind(): QuestionKind {
		return kindOf(this.engine);
	}

	get required(): boolean {
		return this.engine.currentState.required;
	}

	get readonly(): boolean {
		return this.engine.currentState.readonly;
	}

	get answer(): Answer {
		return answerOf(this.engine, this.interview.written);
	}

	get choices(): readonly Choice[] {
		const { engine } = this;
		const offers = engine.nodeType === 'select' || engine.nodeType === 'rank';
		return offers ? choicesOf(engine.currentState.valueOptions) : [];
	}

	get parameters(): Readonly<Record<string, string>> {
		this.knownParameters ??= parametersOf(this.engine, this.interview.definition);
		return this.knownParameters;
	}

	get media(): Question['media'] {
		const { imageSource, audioSource, videoSource } = this.engine.currentState.label ?? {};
		return { image: nameOf(imageSource), audio: nameOf(audioSource), video: nameOf(videoSource) };
	}

	get guidance(): FormText | null {
		return guidanceIn(this.engine.currentState.hint);
	}

	get objection(): Objection | null {
		const { violation } = this.engine.validationState;
		return violation && { kind: violation.condition, words: violation.message?.asString ?? null };
	}

	give(answer: Answer): boolean {
		if (this.engine.nodeType === 'upload') {
			return answer === null && this.attach(null) === undefined;
		}
		const before = this.interview.written.of(this.engine);
		const taken = giveTo(this.engine, answer, this.interview.written);
		this.tellSince(before);
		return taken;
	}

	attach(file: AttachedFile | null): void {
		const { engine, interview } = this;
		if (engine.nodeType !== 'upload' || engine.currentState.readonly) {
			return;
		}
		const before = engine.currentState.instanceValue;
		// The engine needs a name only. Without a file it would go back to the name that the interview was opened with; an
		// empty name is blank for it.
		engine.setValue(new File([], file === null ? '' : interview.files.add(file)));
		interview.files.remove(before);
		this.tellSince(before);
	}

	private tellSince(before: string): void {
		const after = this.interview.written.of(this.engine);
		if (before !== after) {
			this.interview.written.keep(this.engine, after);
			this.interview.tell({ path: this.path, before, after });
		}
	}
}

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

const knownChoices = new WeakMap<readonly SelectItem[], readonly Choice[]>();

/** The same list of the engine gives the same choices: screens need not draw them again. */
function choicesOf(items: readonly SelectItem[]): readonly Choice[] {
	const choices = knownChoices.get(items) ?? items.map(choiceOf);
	knownChoices.set(items, choices);
	return choices;
}

function choiceOf({ value, label }: SelectItem): Choice {
	return { value, label: formText(label) ?? EMPTY, image: nameOf((label as TextRange<'item-label'>).imageSource) };
}

function appearancesOf(node: EngineNode): ReadonlySet<string> {
	const tokens: unknown = node.appearances ?? [];
	return new Set(tokens as Iterable<string>);
}

function nameOf(url: URL | undefined): string | null {
	return url === undefined ? null : fileName(url);
}
