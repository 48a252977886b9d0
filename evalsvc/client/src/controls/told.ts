/** An answer as people read it: the labels of choices, numbers and days as they are. */
import type { Question } from '../engine/question.ts';
import { say } from '../words/say.ts';
import { shownMoment } from './moments.ts';

/** Kinds whose answer is the name of a file. */
const FILES: ReadonlySet<string> = new Set(['photo', 'signature', 'drawing', 'audio', 'video', 'file']);

/** Write an answer as one line; empty where there is none. */
export function told(question: Question): string {
	const { answer, kind } = question;
	if (answer === null) {
		return '';
	}
	if (typeof answer !== 'string') {
		return 'latitude' in answer ? `${answer.latitude}, ${answer.longitude}` : labels(question, answer);
	}
	if (kind === 'choice') {
		return labels(question, [answer]);
	}
	if (kind === 'date' || kind === 'time' || kind === 'datetime') {
		return shownMoment(kind, answer).replace('T', ' ') || answer;
	}
	return FILES.has(kind) ? say('phone.form.file_there') : answer;
}

function labels(question: Question, values: readonly string[]): string {
	const { choices } = question;
	return values
		.map((value) => choices.find((choice) => choice.value === value)?.label.plain ?? value)
		.join(say('phone.form.and'));
}
