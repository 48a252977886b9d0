import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { lockWhenAway } from './locking.ts';

const lock = vi.fn<() => Promise<boolean>>();
let stop = () => {};

function show(state: 'visible' | 'hidden'): void {
	vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
	document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
	vi.useFakeTimers();
	lock.mockReset().mockResolvedValue(true);
	stop = lockWhenAway(lock);
});

afterEach(() => {
	stop();
	vi.useRealTimers();
	vi.restoreAllMocks();
});

it('stays open for a look at another application', () => {
	show('hidden');
	vi.advanceTimersByTime(14 * 60_000);
	show('visible');
	vi.advanceTimersByTime(60 * 60_000);
	expect(lock).not.toHaveBeenCalled();
});

it('locks in the background after a quarter of an hour', () => {
	show('hidden');
	vi.advanceTimersByTime(15 * 60_000);
	expect(lock).toHaveBeenCalledOnce();
});

it('locks at waking where the timers slept, and where the clock was set back', () => {
	for (const minutes of [20, -5]) {
		lock.mockReset().mockResolvedValue(true);
		show('hidden');
		vi.setSystemTime(Date.now() + minutes * 60_000);
		show('visible');
		expect(lock, `${minutes} minutes`).toHaveBeenCalledOnce();
	}
});

it('asks again while something is not saved yet', async () => {
	lock.mockResolvedValueOnce(false);
	show('hidden');
	await vi.advanceTimersByTimeAsync(15 * 60_000);
	expect(lock).toHaveBeenCalledOnce();
	await vi.advanceTimersByTimeAsync(20_000);
	expect(lock).toHaveBeenCalledTimes(2);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(lock).toHaveBeenCalledTimes(2);
});

it('lets who is back answer in peace where something could not be saved at waking', async () => {
	lock.mockResolvedValue(false);
	show('hidden');
	vi.setSystemTime(Date.now() + 20 * 60_000);
	show('visible');
	expect(lock).toHaveBeenCalledOnce();
	await vi.advanceTimersByTimeAsync(60 * 60_000);
	expect(lock).toHaveBeenCalledOnce();
});

/** Let locking take until what is returned is called with whether it was locked. */
function slowly(): (locked: boolean) => void {
	let end: (locked: boolean) => void = () => undefined;
	lock.mockReturnValueOnce(new Promise((resolve) => (end = resolve)));
	return end;
}

it('begins nothing anew for an attempt that ends after somebody came back', async () => {
	const end = slowly();
	show('hidden');
	await vi.advanceTimersByTimeAsync(15 * 60_000);
	show('visible');
	const calls = lock.mock.calls.length;
	end(false);
	await vi.advanceTimersByTimeAsync(60 * 60_000);
	expect(lock).toHaveBeenCalledTimes(calls);
});

it('gives each absence its own quarter of an hour, whatever becomes of an attempt of the one before', async () => {
	const end = slowly();
	show('hidden');
	await vi.advanceTimersByTimeAsync(15 * 60_000);
	show('visible');
	show('hidden');
	const calls = lock.mock.calls.length;
	end(false);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(lock, 'after a minute').toHaveBeenCalledTimes(calls);
	show('visible');
	await vi.advanceTimersByTimeAsync(60 * 60_000);
	expect(lock, 'back again').toHaveBeenCalledTimes(calls);
});

it('asks no more after it was stopped', async () => {
	const end = slowly();
	show('hidden');
	await vi.advanceTimersByTimeAsync(15 * 60_000);
	stop();
	end(false);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(lock).toHaveBeenCalledOnce();
});
