/** A form screen in a document, over the real engine, the real log and the real saver. */
import { createApp, h, nextTick, ref, shallowRef, type App, type Ref } from 'vue';

import { AuditRecorder } from '../../audit/recorder.ts';
import { fileReaderKey } from '../../controls/media/files.ts';
import { geofenceKey, settingsKey } from '../../controls/media/surroundings.ts';
import { openForm } from '../../engine/form.ts';
import { DEVICE, stored } from '../../engine/opened_for_tests.ts';
import type { FormSession } from '../../engine/question.ts';
import { Saver, type Write } from '../../fieldwork/saving.ts';
import type { AttachedFile, AuditEvent, KeptInterview, ReviewComment } from '../../model.ts';
import FormScreen from './FormScreen.vue';

export interface Mounted {
	readonly app: App;
	readonly session: FormSession;
	readonly recorder: AuditRecorder;
	readonly saver: Saver;
	readonly emitted: string[];
	/** What the screen offers to whoever composes it. */
	screen(): Pick<InstanceType<typeof FormScreen>, 'settled' | 'goBack'>;
	/** What whoever composes the screen is doing with the whole interview. */
	readonly ending: Ref<'finishing' | 'leaving' | null>;
}

const SETTINGS = { geofence_metres: 500, photo_pixels: 1600, keep_exif: false };

/** Draw a form; `write` is what saving does, `earlier` a draft that is gone on with. */
export async function mounted(
	xml: string,
	comments: readonly ReviewComment[] = [],
	write: Write = () => Promise.resolve(),
	earlier: { readonly xml: string; readonly audit: readonly AuditEvent[] } | null = null,
): Promise<Mounted> {
	const form = await openForm(stored(xml), DEVICE);
	const session = await (earlier === null ? form.begin({}) : form.resume(earlier.xml, new Map()));
	const recorder = AuditRecorder.resumed(earlier?.audit ?? []);
	const kept = (): KeptInterview => ({ xml: session.xml(), audit: recorder.events() }) as unknown as KeptInterview;
	const written = earlier === null ? null : new Map<string, AttachedFile>();
	const saver = new Saver(write, () => ({ interview: kept(), files: session.files() }), written);
	session.onChange(({ path, before, after }) => {
		recorder.changed(path, before, after);
		saver.changed();
	});
	const emitted: string[] = [];
	const ending: Mounted['ending'] = ref(null);
	const told = { onFinished: () => emitted.push('finished'), onLeft: () => emitted.push('left') };
	const title = session.title;
	const screen = shallowRef<InstanceType<typeof FormScreen> | null>(null);
	const app = createApp(() =>
		h(FormScreen, {
			ref: screen,
			session,
			saver,
			recorder,
			comments,
			title,
			household: '示例户 001',
			ending: ending.value,
			...told,
		}),
	);
	app
		.provide(settingsKey, SETTINGS)
		.provide(geofenceKey, null)
		.provide(fileReaderKey, () => Promise.resolve(null));
	document.body.innerHTML = '<div id="app"></div>';
	app.mount('#app');
	await settled();
	const offered = (): InstanceType<typeof FormScreen> => {
		if (screen.value === null) {
			throw new Error('the form screen is not drawn');
		}
		return screen.value;
	};
	return { app, session, recorder, saver, emitted, ending, screen: offered };
}

/** Wait until Vue has drawn, and what waits for the drawing has run. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 4; turn += 1) {
		await nextTick();
	}
}

/** Press the button of these words. */
export async function press(words: string): Promise<void> {
	const buttons = [...document.querySelectorAll('button')];
	const found = buttons.find((button) => button.textContent?.includes(words));
	if (found === undefined) {
		throw new Error(`no button ${words} among ${buttons.map((button) => button.textContent?.trim()).join(' | ')}`);
	}
	found.click();
	await settled();
}

/** The card of the question whose label begins with these words; null where it is not on the screen. */
export function card(label: string): HTMLElement | null {
	const cards = [...document.querySelectorAll<HTMLElement>('.question')];
	return cards.find((each) => each.querySelector('.words')?.textContent?.trim().startsWith(label)) ?? null;
}

/** The control of a question that is on the screen. */
export function field(label: string): HTMLInputElement {
	const found = card(label)?.querySelector<HTMLInputElement>('.control input, .control textarea, .control select');
	if (!found) {
		throw new Error(`no field ${label}`);
	}
	return found;
}

/** Choose in a question that is on the screen. */
export async function choose(label: string, choice: string): Promise<void> {
	const rows = [...(card(label)?.querySelectorAll('label') ?? [])];
	rows
		.find((row) => row.textContent?.trim() === choice)
		?.querySelector('input')
		?.click();
	await settled();
}

/** Type into a question as keys do, without leaving it. */
export async function type(label: string, text: string): Promise<void> {
	const input = field(label);
	input.focus();
	input.value = text;
	input.dispatchEvent(new InputEvent('input', { bubbles: true }));
	await settled();
}

/** Leave a question for another place on the page. */
export async function leaveField(label: string): Promise<void> {
	const other = document.querySelector<HTMLElement>('.form-footer .on');
	field(label).focus();
	other?.focus();
	await settled();
}

export function heading(): string {
	return document.querySelector('h2')?.textContent?.trim() ?? '';
}

export function onScreen(): string {
	return document.querySelector('main')?.textContent ?? '';
}
