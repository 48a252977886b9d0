/** For tests: a question that keeps what it is given as the form's do, and a control drawn for it. */
import { createApp, nextTick, reactive, type Component } from 'vue';

import type { Question, QuestionKind } from '../../engine/question.ts';
import type { AttachedFile, DeviceSettings } from '../../model.ts';
import { fileReaderKey } from './files.ts';
import { geofenceKey, settingsKey, type Geofence } from './surroundings.ts';

type Mutable<T> = { -readonly [name in keyof T]: T[name] };

export interface ExampleQuestion extends Mutable<Question> {
	/** The files of the interview by their names. */
	readonly files: Map<string, AttachedFile>;
}

/** A question of this kind without an answer; files get names of their own, as those of a form do. */
export function exampleQuestion(kind: QuestionKind, given: Partial<Question> = {}): ExampleQuestion {
	const question: ExampleQuestion = reactive({
		node: 'question',
		id: 'example',
		path: '/data/example',
		kind,
		label: { plain: '示例题目', pieces: [] },
		hint: null,
		guidance: null,
		relevant: true,
		required: false,
		readonly: false,
		answer: null,
		choices: [],
		appearances: new Set<string>(),
		parameters: {},
		media: { image: null, audio: null, video: null },
		objection: null,
		files: new Map<string, AttachedFile>(),
		give(answer) {
			question.answer = answer;
			return true;
		},
		attach(file) {
			const name = file && `${question.files.size + 1}-${file.name}`;
			if (file && name) {
				question.files.set(name, { ...file, name });
			}
			question.answer = name;
		},
		...given,
	});
	return question;
}

const SETTINGS: DeviceSettings = { geofence_metres: 1000, photo_pixels: 1600, keep_exif: false };

/** Draw a control for a question, with what a form screen provides; the document holds nothing else then. */
export function draw(
	control: Component,
	question: Question & Partial<Pick<ExampleQuestion, 'files'>>,
	geofence: Geofence | null = null,
): () => void {
	document.body.innerHTML = '<main></main>';
	const app = createApp(control, { question });
	app.provide(fileReaderKey, (name) => Promise.resolve(question.files?.get(name) ?? null));
	app.provide(settingsKey, SETTINGS);
	app.provide(geofenceKey, geofence);
	app.mount('main');
	return () => app.unmount();
}

/** What is on the screen. */
export function text(): string {
	return document.body.textContent ?? '';
}

/** Press the button of this name, and wait until the screen shows what follows. */
export async function press(name: string): Promise<void> {
	const button = [...document.querySelectorAll('button')].findLast((each) => each.textContent?.trim() === name);
	if (!button) {
		throw new Error(`no button ${name} in: ${text()}`);
	}
	button.click();
	await nextTick();
	await nextTick();
}

/** Type into a field, and leave it. */
export async function type(field: number, typed: string): Promise<void> {
	const input = document.querySelectorAll('input')[field];
	if (!input) {
		throw new Error(`no field ${field} in: ${text()}`);
	}
	input.value = typed;
	input.dispatchEvent(new Event('input'));
	input.dispatchEvent(new Event('blur'));
	await nextTick();
}
