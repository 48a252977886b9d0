import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApp, type App } from 'vue';

import { giveLocks } from '../../fieldwork/locks_for_tests.ts';
import { database } from '../../vault/database.ts';
import { enrolled, interview, PIN } from '../../vault/samples.ts';
import { say } from '../../words/say.ts';
import { load } from '../state/field.ts';
import { lock, lookForPeople, now, opened, people, unlock } from '../state/person.ts';
import ForgetPerson from './ForgetPerson.vue';

// jsdom has no dialogs.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
	this.open = true;
};

let app: App;

/** A draft and a finished interview lie on the phone of who is signed in. */
beforeEach(async () => {
	giveLocks();
	await unlock((await enrolled()).person.id, PIN);
	await save('interview-1');
	await now().vault.interviews.save(interview({ id: 'interview-2', state: 'finished' }), []);
	await load();
	await lookForPeople();
	document.body.innerHTML = '<div id="app"></div>';
	app = createApp(ForgetPerson);
	app.mount('#app');
});

afterEach(async () => {
	app.unmount();
	await lock();
});

/** As another page of the same person does it: this one is not told. */
const save = (id: string): Promise<void> => now().vault.interviews.save(interview({ id }), []);
const sheet = (): HTMLElement | null => document.querySelector('dialog');
const told = (): string => document.querySelector('[role=alert]')?.textContent ?? '';

async function ask(): Promise<void> {
	document.querySelector<HTMLButtonElement>('.line')?.click();
	await vi.waitFor(() => expect(sheet()).not.toBeNull());
}

async function agree(): Promise<void> {
	sheet()?.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
	const yes = () => sheet()?.querySelector<HTMLButtonElement>('.danger');
	await vi.waitFor(() => expect(yes()?.disabled).toBe(false));
	yes()?.click();
}

test('no more is deleted than somebody agreed to; who asks again is told the new number', async () => {
	await ask();
	expect(sheet()?.textContent).toContain(say('phone.forget.sure', { number: 2 }));
	await save('interview-3');
	await agree();
	await vi.waitFor(() => expect(told()).toBe(say('phone.unsent', { number: 3 })));
	expect(await now().vault.interviews.list()).toHaveLength(3);
	await ask();
	expect(sheet()?.textContent).toContain(say('phone.forget.unsent', { drafts: 2, unsent: 1 }));
	expect(sheet()?.textContent).toContain(say('phone.forget.sure', { number: 3 }));
	await agree();
	await vi.waitFor(() => expect([opened.value, people.value]).toEqual([null, []]));
});

test('what another page saved before the question is counted, and what cannot be read', async () => {
	await save('interview-3');
	const disk = await database();
	const [one, other] = await disk.getAll('summaries');
	await disk.put('summaries', { ...one!, sealed: other!.sealed });
	await ask();
	expect(sheet()?.textContent).toContain(say('phone.forget.unsent', { drafts: 1, unsent: 1 }));
	expect(sheet()?.textContent).toContain(say('phone.forget.unreadable', { number: 1 }));
	await agree();
	await vi.waitFor(() => expect(opened.value).toBeNull());
});
