/** What the parts of one form screen share. */
import { inject, type InjectionKey } from 'vue';

import type { Question, Repeat, RepeatRow } from '../../engine/question.ts';
import type { Comments } from './comments.ts';

export interface FormSurroundings {
	readonly comments: Comments;
	/** Whether a question was left, so that what the form objects to is told. */
	wasLeft(question: Question): boolean;
	leave(question: Question): void;
	openRow(repeat: Repeat, row: RepeatRow): void;
	addRow(repeat: Repeat): void;
	/** Go on by itself after an answer. */
	advance(question: Question): void;
}

export const formKey: InjectionKey<FormSurroundings> = Symbol('the form screen');

/** The form screen around a part of it; without one the part cannot be drawn. */
export function useForm(): FormSurroundings {
	const form = inject(formKey);
	if (form === undefined) {
		throw new Error('a part of the form screen stands outside of it');
	}
	return form;
}
