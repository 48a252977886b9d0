import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { AttachedFile, KeptInterview } from '../model.ts';
import { file, interview } from '../vault/samples.ts';
import { VaultTrouble } from '../vault/trouble.ts';
import { saveOnLeaving, Saver } from './saving.ts';

/** Milliseconds in which a screen draws, and what waits for the drawing runs. */
const FRAME = 20;

/** A disk that takes as long as each test says. */
class SlowDisk {
	readonly written: { xml: string; files: string[] }[] = [];
	private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

	readonly write = (kept: KeptInterview, files: readonly AttachedFile[]): Promise<void> =>
		new Promise((resolve, reject) => {
			const done = () => {
				this.written.push({ xml: kept.xml, files: files.map(({ name }) => name) });
				resolve();
			};
			this.waiting.push({ resolve: done, reject });
		});

	get busy(): number {
		return this.waiting.length;
	}

	async done(): Promise<void> {
		this.waiting.shift()?.resolve();
		await vi.advanceTimersByTimeAsync(0);
	}

	async fail(code: string): Promise<void> {
		this.waiting.shift()?.reject(new VaultTrouble(code));
		await vi.advanceTimersByTimeAsync(0);
	}
}

let disk: SlowDisk;
let saver: Saver;
let xml: string;
let files: Map<string, AttachedFile>;

beforeEach(() => {
	vi.useFakeTimers();
	disk = new SlowDisk();
	[xml, files] = ['', new Map()];
	saver = new Saver(disk.write, () => ({ interview: interview({ xml }), files }), new Map());
});

afterEach(() => {
	vi.useRealTimers();
});

async function answer(given: string): Promise<void> {
	xml = given;
	saver.changed();
	await vi.advanceTimersByTimeAsync(FRAME);
}

test('nothing is called saved before it has reached the disk', async () => {
	expect(saver.state.value).toBe('saved');
	await answer('one');
	expect(saver.state.value).toBe('saving');
	await disk.done();
	expect(saver.state.value).toBe('saved');
	expect(disk.written).toEqual([{ xml: 'one', files: [] }]);
});

test('an interview that does not lie on the disk is not called saved before its first answer does', async () => {
	saver = new Saver(disk.write, () => ({ interview: interview({ xml }), files }), null);
	expect(await saver.flush()).toBe(true);
	expect(saver.state.value).toBe('new');
	await answer('one');
	expect(saver.state.value).toBe('saving');
	await disk.done();
	expect(saver.state.value).toBe('saved');
});

test('what changes while a writing is under way is written after it, in one, and the last state wins', async () => {
	await answer('one');
	await answer('two');
	await answer('three');
	expect(disk.busy).toBe(1);
	await disk.done();
	expect(saver.state.value).toBe('saving');
	await disk.done();
	expect(disk.written.map((each) => each.xml)).toEqual(['one', 'three']);
	expect(saver.state.value).toBe('saved');
});

test('changes of one moment are one writing', async () => {
	xml = 'one';
	saver.changed();
	saver.changed();
	await answer('two');
	await disk.done();
	expect(disk.written.map((each) => each.xml)).toEqual(['two']);
});

test('a file is written once, and again only when it is another', async () => {
	const photo = file('a.jpg');
	files = new Map([['a.jpg', photo]]);
	await answer('one');
	await disk.done();
	await answer('two');
	await disk.done();
	files = new Map([['a.jpg', file('a.jpg', 'other bytes')]]);
	await answer('three');
	await disk.done();
	expect(disk.written.map((each) => each.files)).toEqual([['a.jpg'], [], ['a.jpg']]);
});

test('files of a writing that failed are written with the next', async () => {
	files = new Map([['a.jpg', file('a.jpg')]]);
	await answer('one');
	await disk.fail('phone.storage_full');
	await answer('two');
	await disk.done();
	expect(disk.written).toEqual([{ xml: 'two', files: ['a.jpg'] }]);
});

test('a failure is told and tried again by itself, more and more rarely', async () => {
	await answer('one');
	await disk.fail('phone.storage_full');
	expect(saver.state.value).toBe('failed');
	expect(saver.trouble.value?.code).toBe('phone.storage_full');
	await vi.advanceTimersByTimeAsync(1999);
	expect(disk.busy).toBe(0);
	await vi.advanceTimersByTimeAsync(1);
	await disk.fail('phone.storage_full');
	await vi.advanceTimersByTimeAsync(3999);
	expect(disk.busy).toBe(0);
	await vi.advanceTimersByTimeAsync(1);
	await disk.done();
	expect(saver.state.value).toBe('saved');
	expect(saver.trouble.value).toBeNull();
	expect(disk.written).toEqual([{ xml: 'one', files: [] }]);
});

test('flushing writes at once, what changed last with it, and says whether that worked', async () => {
	xml = 'one';
	saver.changed();
	const flushed = saver.flush();
	expect(disk.busy).toBe(1);
	xml = 'two';
	saver.changed();
	await disk.done();
	await disk.done();
	expect(await flushed).toBe(true);
	expect(disk.written.map((each) => each.xml)).toEqual(['one', 'two']);
	xml = 'three';
	saver.changed();
	const failing = saver.flush();
	await disk.fail('phone.storage_failed');
	expect(await failing).toBe(false);
});

test('flushing when all is saved writes nothing', async () => {
	expect(await saver.flush()).toBe(true);
	expect(disk.busy).toBe(0);
});

test('a page that goes away or out of sight saves first', async () => {
	const stop = saveOnLeaving(saver);
	xml = 'one';
	saver.changed();
	window.dispatchEvent(new Event('pagehide'));
	expect(disk.busy).toBe(1);
	await disk.done();
	xml = 'two';
	saver.changed();
	vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
	document.dispatchEvent(new Event('visibilitychange'));
	expect(disk.busy).toBe(1);
	await disk.done();
	stop();
	vi.restoreAllMocks();
	expect(disk.written.map((each) => each.xml)).toEqual(['one', 'two']);
});

test('two savers of two interviews do not wait for each other', async () => {
	const other = new Saver(disk.write, () => ({ interview: interview({ xml: 'other' }), files }), new Map());
	await answer('one');
	other.changed();
	await vi.advanceTimersByTimeAsync(FRAME);
	expect(disk.busy).toBe(2);
	await disk.done();
	await disk.done();
	expect(disk.written.map((each) => each.xml)).toEqual(['one', 'other']);
});

test('the screen draws an answer before it is written, and a page that draws nothing is written all the same', async () => {
	saver.changed();
	await vi.advanceTimersByTimeAsync(0);
	expect(disk.busy).toBe(0);
	await vi.advanceTimersByTimeAsync(FRAME);
	expect(disk.busy).toBe(1);
	await disk.done();
	vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0);
	await answer('hidden');
	expect(disk.busy).toBe(0);
	await vi.advanceTimersByTimeAsync(100);
	expect(disk.busy).toBe(1);
	vi.restoreAllMocks();
});

test('who stops saving writes nothing after it, also where a writing that was under way fails', async () => {
	await answer('one');
	const stopped = vi.fn();
	void saver.stop().then(stopped);
	await vi.advanceTimersByTimeAsync(0);
	expect(stopped).not.toHaveBeenCalled();
	await disk.fail('phone.storage_full');
	expect(stopped).toHaveBeenCalled();
	await answer('two');
	await saver.flush();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(disk.busy).toBe(0);
	expect(saver.state.value).not.toBe('saved');
});

test('a writing that succeeds after the stop does not call saved what was given up', async () => {
	await answer('one');
	await answer('two');
	void saver.stop();
	await disk.done();
	expect(disk.busy).toBe(0);
	expect(saver.state.value).toBe('saving');
});
