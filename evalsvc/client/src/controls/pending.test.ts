import { expect, test, vi } from 'vitest';

import { newPending } from './pending.ts';

test('what was typed is given at once, and whoever waits waits for what is under way and what follows from it', async () => {
	const pending = newPending();
	const give = vi.fn(() => pending.release(give));
	pending.hold(give);
	const finish: (() => void)[] = [];
	const work = (): Promise<void> => new Promise((resolve) => finish.push(resolve));
	const answered: string[] = [];
	void pending.during(work().then(() => void answered.push('first')));
	const settled = vi.fn(() => answered.slice());
	const waiting = pending.settled().then(settled);
	expect(give).toHaveBeenCalledOnce();
	expect([pending.waiting.value, pending.underWay.value]).toEqual([true, true]);
	void pending.during(work().then(() => void answered.push('second')));
	finish.forEach((each) => each());
	await waiting;
	expect(settled).toHaveReturnedWith(['first', 'second']);
	expect([pending.waiting.value, pending.underWay.value]).toEqual([false, false]);
});

test('work that fails is told to whoever began it and whoever waits, and holds nobody', async () => {
	const pending = newPending();
	const work = pending.during(Promise.reject(new Error('broken')));
	const settled = pending.settled();
	await expect(work).rejects.toThrow('broken');
	expect(await settled).toBe(false);
	expect(pending.waiting.value).toBe(false);
	expect(await pending.settled()).toBe(true);
});

test('who waits for nothing does not wait', async () => {
	expect(await newPending().settled()).toBe(true);
});
