/** How far questions are: answered, missing, objected to, commented. */
import type { FormSession, Question, RepeatRow, FormNode } from '../../engine/question.ts';
import { say } from '../../words/say.ts';
import { questionsIn } from './pages.ts';

export interface Standing {
	/** Questions that want an answer of somebody. */
	readonly asked: number;
	readonly answered: number;
	/** Required ones without an answer. */
	readonly missing: number;
	/** Answers that the form objects to. */
	readonly objected: number;
}

/** Count the questions of pages, groups and rows that are asked now. */
export function standingOf(nodes: readonly (FormNode | RepeatRow)[]): Standing {
	const questions = questionsIn(nodes).filter(wantsAnswer);
	const objections = questions.map((question) => question.objection?.kind);
	return {
		asked: questions.length,
		answered: questions.filter(({ answer }) => answer !== null).length,
		missing: objections.filter((kind) => kind === 'required').length,
		objected: objections.filter((kind) => kind === 'constraint').length,
	};
}

/** Whether a question wants an answer of who fills the form. */
export function wantsAnswer(question: Question): boolean {
	return question.kind !== 'note' && !question.readonly && !question.appearances.has('label');
}

type Objection = FormSession['objections'][number]['objection'];

/** What the form objects to, in its own words where it has some. */
export function objectionWords({ kind, words }: Objection): string {
	return words ?? say(kind === 'required' ? 'phone.form.required' : 'phone.form.constraint');
}
