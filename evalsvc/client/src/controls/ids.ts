/** Names within the page by which the parts of a question refer to each other; a question has them as long as it is open. */
import type { Question } from '../engine/question.ts';

/** The control that the label belongs to. */
export function fieldId(question: Question): string {
	return `field-${question.id}`;
}

export function labelId(question: Question): string {
	return `label-${question.id}`;
}

export function hintId(question: Question): string {
	return `hint-${question.id}`;
}

export function objectionId(question: Question): string {
	return `objection-${question.id}`;
}
