import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApp, defineComponent, h, type App } from 'vue';
import { createMemoryHistory, createRouter, RouterView, type Router } from 'vue-router';

import { question } from '../../engine/opened_for_tests.ts';
import simple from '../../engine/forms/simple.xml?raw';
import { giveLocks } from '../../fieldwork/locks_for_tests.ts';
import type { OpenInterview } from '../../fieldwork/open_interview.ts';
import { begin } from '../../fieldwork/opening.ts';
import { deviceInfo, enrolled, PIN } from '../../vault/samples.ts';
import { VaultTrouble } from '../../vault/trouble.ts';
import { say } from '../../words/say.ts';
import { drafts, load } from '../state/field.ts';
import { lock, now, unlock } from '../state/person.ts';
import { task } from '../state/samples.ts';
import InterviewForm from './InterviewForm.vue';

window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

const FORM = { formId: 'simple', version: '1' };
const Elsewhere = defineComponent(() => () => h('p', 'elsewhere'));

let app: App;
let router: Router;
let open: OpenInterview;
/** Who is signed in. */
let person: string;

/** An interview that was just begun, on the screen of who is signed in. */
beforeEach(async () => {
	giveLocks();
	person = (await enrolled()).person.id;
	await unlock(person, PIN);
	const { vault } = now();
	await vault.forms.save({ ...FORM, name: '示例问卷', hash: 'md5:0', xml: simple, media: new Map(), withdrawn: false });
	await vault.lists.write('device', { info: deviceInfo(), clockAhead: 0, askedAt: '2026-11-23T08:00:00Z' });
	await load();
	open = await begin(vault, task({ filled: { unit_id: '001' } }), FORM);
	const form = { component: InterviewForm, props: () => ({ interview: open }) };
	router = createRouter({
		history: createMemoryHistory(),
		routes: [
			{ path: '/', name: 'households', component: Elsewhere },
			{ path: '/household/:assignment', name: 'household', component: Elsewhere },
			{ path: '/begin', name: 'begin', ...form },
			{ path: '/interview/:id', name: 'interview', ...form },
		],
	});
	await router.push('/');
	await router.push('/begin');
	document.body.innerHTML = '<div id="app"></div>';
	app = createApp(() => h(RouterView));
	app.use(router).mount('#app');
});

afterEach(async () => {
	vi.restoreAllMocks();
	app.unmount();
	await lock();
});

const blocked = (): boolean => document.querySelector('main')?.hasAttribute('inert') ?? false;
const told = (): string => document.querySelector('.ending')?.textContent ?? '';
const kept = async () => (await now().vault.interviews.list()).map(({ state }) => state);

async function pressFinish(): Promise<void> {
	for (const words of [say('phone.form.to_end'), say('phone.form.finish')]) {
		const on = () => document.querySelector<HTMLButtonElement>('.form-footer .on');
		await vi.waitFor(() => expect(on()?.textContent).toBe(words));
		on()?.click();
	}
}

/** Keeping what is finished takes until what is given here is called; it ends in the error, if there is one. */
function slowly(error: Error | null = null): () => void {
	const { interviews } = now().vault;
	const save = interviews.save.bind(interviews);
	let go = (): void => undefined;
	const slow = new Promise<void>((resolve) => (go = resolve));
	vi.spyOn(interviews, 'save').mockImplementation(async (interview, files) => {
		await slow;
		await (error === null ? save(interview, files) : Promise.reject(error));
	});
	return go;
}

test('an interview gets an address of its own when its first answer is kept, and not before', async () => {
	expect(document.querySelector('.saving-state')?.textContent).toBe(say('phone.form.new'));
	expect(router.currentRoute.value.name).toBe('begin');
	question(open.session, 'age').give('30');
	await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe(`/interview/${open.fixed.id}`));
	expect(document.querySelector('.saving-state')?.textContent).toBe(say('phone.form.saved'));
});

test('nothing is answered while an interview is finished; where that fails the form is open again', async () => {
	const fail = slowly(new VaultTrouble('phone.storage_full'));
	await pressFinish();
	await vi.waitFor(() => expect([blocked(), told()]).toEqual([true, say('phone.form.finishing')]));
	fail();
	await vi.waitFor(() => expect([blocked(), told()]).toEqual([false, '']));
	expect(document.querySelector('.banner.bad')).not.toBeNull();
	vi.restoreAllMocks();
	question(open.session, 'age').give('31');
	await open.saver.flush();
	expect(await kept()).toEqual(['draft']);
	document.querySelector<HTMLButtonElement>('.form-footer .on')?.click();
	await vi.waitFor(() => expect(document.body.textContent).toContain('elsewhere'));
	expect(await kept()).toEqual(['finished']);
});

test("the phone's way back does not leave what is just being finished, and makes no draft of it", async () => {
	const go = slowly();
	await pressFinish();
	await vi.waitFor(() => expect(blocked()).toBe(true));
	await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('interview'));
	await router.push('/');
	expect(router.currentRoute.value.name).toBe('interview');
	expect(document.querySelector('h2')?.textContent).toBe(say('phone.form.end_title'));
	go();
	await vi.waitFor(() => expect(document.body.textContent).toContain('elsewhere'));
	expect(await kept()).toEqual(['finished']);
});

test('locking waits for what is just being finished', async () => {
	const go = slowly();
	await pressFinish();
	await vi.waitFor(() => expect(blocked()).toBe(true));
	const locked = vi.fn();
	const locking = lock().then(locked);
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(locked).not.toHaveBeenCalled();
	expect(await kept()).toEqual(['draft']);
	go();
	await locking;
	expect(locked).toHaveBeenCalledWith(true);
	await unlock(person, PIN);
	expect(await kept()).toEqual(['finished']);
});

test('locking saves what was answered last, and nothing more is answered then', async () => {
	question(open.session, 'age').give('30');
	const saved = await lock();
	expect(saved).toBe(true);
	await vi.waitFor(() => expect(blocked()).toBe(true));
	await unlock(person, PIN);
	const [first] = await now().vault.interviews.list();
	expect((await now().vault.interviews.read(first?.id ?? '')).xml).toContain('<age>30</age>');
});

test("the lists tell of a draft that was left by the phone's way back", async () => {
	question(open.session, 'age').give('30');
	await router.push('/household/1');
	expect(document.body.textContent).toContain('elsewhere');
	await vi.waitFor(() => expect(drafts.value.map(({ id }) => id)).toEqual([open.fixed.id]));
});
