import type { AnyControlNode } from '@getodk/xforms-engine';

import type { AttachedFile } from '../model.ts';
import { answerOf, giveTo } from './answer.ts';
import { choicesOf } from './choices.ts';
import { kindOf } from './kind.ts';
import { nameOf } from './media.ts';
import { TreeNode } from './node.ts';
import { parametersOf } from './parameters.ts';
import type { Answer, Choice, FormText, Objection, Question, QuestionKind } from './question.ts';
import { guidanceIn } from './text.ts';

/** A question as screens see it. */
export class QuestionNode extends TreeNode<AnyControlNode> implements Question {
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
