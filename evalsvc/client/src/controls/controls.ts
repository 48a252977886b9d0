/** Which component asks which kind of question. */
import type { Component } from 'vue';

import type { Question, QuestionKind } from '../engine/question.ts';
import AcknowledgeControl from './AcknowledgeControl.vue';
import ChoiceControl from './ChoiceControl.vue';
import ChoicesControl from './ChoicesControl.vue';
import MomentControl from './MomentControl.vue';
import MonthControl from './MonthControl.vue';
import NumberControl from './NumberControl.vue';
import RangeControl from './RangeControl.vue';
import RankControl from './RankControl.vue';
import ReadonlyAnswer from './ReadonlyAnswer.vue';
import TextControl from './TextControl.vue';
import UnknownControl from './UnknownControl.vue';
import AudioControl from './media/AudioControl.vue';
import BarcodeControl from './media/BarcodeControl.vue';
import DrawingControl from './media/DrawingControl.vue';
import FileControl from './media/FileControl.vue';
import PhotoControl from './media/PhotoControl.vue';
import PositionControl from './media/PositionControl.vue';
import SignatureControl from './media/SignatureControl.vue';
import TraceControl from './media/TraceControl.vue';
import VideoControl from './media/VideoControl.vue';

/** They show files and places themselves where nothing may be changed; they name themselves, too. */
const MEDIA: Partial<Record<QuestionKind, Component>> = {
	position: PositionControl,
	trace: TraceControl,
	shape: TraceControl,
	photo: PhotoControl,
	signature: SignatureControl,
	drawing: DrawingControl,
	audio: AudioControl,
	video: VideoControl,
	file: FileControl,
	barcode: BarcodeControl,
};

const OWN: Partial<Record<QuestionKind, Component>> = {
	text: TextControl,
	integer: NumberControl,
	decimal: NumberControl,
	time: MomentControl,
	datetime: MomentControl,
	choice: ChoiceControl,
	choices: ChoicesControl,
	rank: RankControl,
	range: RangeControl,
	acknowledge: AcknowledgeControl,
};

const GROUPED: ReadonlySet<QuestionKind> = new Set(['choice', 'choices', 'rank']);
const ONE_FIELD: ReadonlySet<QuestionKind> = new Set([
	'text',
	'integer',
	'decimal',
	'date',
	'time',
	'datetime',
	'range',
	'acknowledge',
]);
const TYPED: ReadonlySet<QuestionKind> = new Set(['text', 'integer', 'decimal', 'barcode']);

/** The component for a question; null where there is nothing to answer. */
export function controlOf(question: Question): Component | null {
	if (question.kind === 'note' || question.appearances.has('label')) {
		return null;
	}
	const media = MEDIA[question.kind];
	if (media !== undefined || question.readonly) {
		return media ?? ReadonlyAnswer;
	}
	if (question.kind === 'date') {
		return question.appearances.has('year') || question.appearances.has('month-year') ? MonthControl : MomentControl;
	}
	return OWN[question.kind] ?? UnknownControl;
}

/** Whether the answer is a file or a place, which its control shows better than words. */
export function isShown(question: Question): boolean {
	return MEDIA[question.kind] !== undefined;
}

/** How a question is bound to its label: several fields in a fieldset, one field by its id, or a plain heading. */
export function labelling(question: Question): 'legend' | 'label' | 'heading' {
	if (question.readonly || question.appearances.has('label')) {
		return 'heading';
	}
	return GROUPED.has(question.kind) ? 'legend' : ONE_FIELD.has(question.kind) ? 'label' : 'heading';
}

/** Whether an answer grows letter by letter, so that an objection waits until the question is left. */
export function isTyped(question: Question): boolean {
	return TYPED.has(question.kind);
}
