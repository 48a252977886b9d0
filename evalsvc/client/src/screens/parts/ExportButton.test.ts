import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createApp, nextTick, type App } from 'vue';

import type { KeptInterview } from '../../model.ts';
import { database } from '../../vault/database.ts';
import { lockedRecords, unsentFiles } from '../../vault/opened_by_server.ts';
import type { Bytes } from '../../vault/bytes.ts';
import { enrolled, interview, PIN } from '../../vault/samples.ts';
import { VaultTrouble } from '../../vault/trouble.ts';
import { say } from '../../words/say.ts';
import { lock, now, unlock } from '../state/person.ts';
import ExportButton from './ExportButton.vue';

/** More than half of what one file holds. */
const LARGE = 30_000_000;

/** jsdom knows no addresses within a page, and downloads nothing. */
const { createObjectURL, revokeObjectURL } = URL;
let offered: { name: string; content: Blob }[] = [];
let app: App;
let person: string;

beforeAll(() => {
	let content = new Blob();
	Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${((content = blob), '')}`, revokeObjectURL: () => {} });
	vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
		offered.push({ name: this.download, content });
	});
});
afterAll(() => {
	vi.restoreAllMocks();
	Object.assign(URL, { createObjectURL, revokeObjectURL });
});

beforeEach(async () => {
	offered = [];
	person = (await enrolled()).person.id;
	await unlock(person, PIN);
});
afterEach(async () => {
	app.unmount();
	await lock();
});

function keep(id: string, given: Partial<KeptInterview> = {}): Promise<void> {
	const finished = { id, instanceId: `uuid:${id}`, state: 'finished' as const, savedAt: `2026-11-23T0${id}:00:00Z` };
	return now().vault.interviews.save(interview({ ...finished, bytes: LARGE, ...given }), []);
}

function draw(props: { ids?: string[]; lockedId?: string } = {}): void {
	document.body.innerHTML = '<div id="app"></div>';
	app = createApp(ExportButton, props);
	app.mount('#app');
}

const button = (): HTMLButtonElement => document.querySelector('button') as HTMLButtonElement;
const told = (): string => document.querySelector('[role=status]')?.textContent ?? '';
const trouble = (): string => document.querySelector('[role=alert]')?.textContent ?? '';
const names = (): string[] => offered.map(({ name }) => name);

async function press(): Promise<void> {
	button().click();
	await nextTick();
	expect(button().disabled).toBe(true);
	await vi.waitFor(() => expect(button().disabled).toBe(false));
}

function bytes(content: Blob): Promise<Bytes> {
	return new Promise((resolve) => {
		const reader = new FileReader();
		reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
		reader.readAsArrayBuffer(content);
	});
}

async function interviewsIn(index: number): Promise<string[]> {
	const files = await unsentFiles(await bytes(offered[index]?.content ?? new Blob()));
	const list = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as { instance_id: string }[];
	return list.map((row) => row.instance_id);
}

test('one file is told as one, and a draft is not in it', async () => {
	await keep('1');
	await keep('2', { state: 'draft' });
	draw();
	expect(button().textContent?.trim()).toBe(say('phone.export.all'));
	await press();
	expect(told()).toBe(say('phone.export.made', { name: names()[0] ?? '' }));
	expect(await interviewsIn(0)).toEqual(['uuid:1']);
});

test('of several files each takes a touch of its own, and nothing is called done before the last', async () => {
	await keep('1');
	await keep('2');
	draw();
	await press();
	expect(told()).toBe(say('phone.export.part', { number: 1, total: 2, name: names()[0] ?? '' }));
	expect([offered.length, button().textContent?.trim()]).toEqual([
		1,
		say('phone.export.next', { number: 2, total: 2 }),
	]);
	await press();
	expect(told()).toBe(say('phone.export.all_made', { total: 2, names: names().join(' ') }));
	expect([await interviewsIn(0), await interviewsIn(1)]).toEqual([['uuid:1'], ['uuid:2']]);
	expect(button().textContent?.trim()).toBe(say('phone.export.all'));
});

test('a file that could not be made is told beside those that were, and tried again', async () => {
	await keep('1');
	await keep('2');
	draw();
	await press();
	vi.spyOn(now().vault.interviews, 'read').mockRejectedValueOnce(
		new VaultTrouble('phone.storage_failed', { name: 'UnknownError' }),
	);
	await press();
	expect(trouble()).toBe(say('phone.storage_failed', { name: 'UnknownError' }));
	expect(told()).toBe(say('phone.export.part', { number: 1, total: 2, name: names()[0] ?? '' }));
	await press();
	expect([trouble(), told()]).toEqual(['', say('phone.export.all_made', { total: 2, names: names().join(' ') })]);
	expect(await interviewsIn(1)).toEqual(['uuid:2']);
});

test('what does not open keeps no other file back, and is told as left out', async () => {
	await keep('1');
	await keep('2');
	await keep('3');
	const disk = await database();
	const broken = await disk.get('contents', '2');
	await disk.put('contents', { ...broken!, sealed: (await disk.get('contents', '1'))!.sealed });
	draw();
	await press();
	expect(told()).toContain(say('phone.export.part', { number: 1, total: 3, name: names()[0] ?? '' }));
	await press();
	expect(told()).toContain(say('phone.export.all_made', { total: 2, names: names().join(' ') }));
	expect(told()).toContain(say('phone.export.left_out', { number: 1 }));
	expect(await interviewsIn(1)).toEqual(['uuid:3']);
	app.unmount();
	draw({ ids: ['2'] });
	await press();
	expect([trouble(), told()]).toEqual([say('phone.record_damaged'), '']);
});

test('a locked person hands over everything unsent, and it is said before what becomes of drafts', async () => {
	await keep('1', { xml: '<data/>' });
	await keep('2', { state: 'draft', xml: '<draft/>' });
	await lock();
	draw({ lockedId: person });
	expect(document.body.textContent).toContain(say('phone.export.locked_means'));
	await press();
	expect(told()).toBe(say('phone.export.made', { name: names()[0] ?? '' }));
	const records = await lockedRecords(await bytes(offered[0]?.content ?? new Blob()));
	const contents = records.filter(({ store }) => store === 'contents');
	expect(contents.map(({ content }) => new TextDecoder().decode(content)).join()).toContain('<draft/>');
	expect(contents).toHaveLength(2);
});
