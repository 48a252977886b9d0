import { beforeEach, expect, test } from 'vitest';

import { troubleOf } from '../vault/samples.ts';
import { hold, inTurn, unlessElsewhere, whileHeld } from './holding.ts';
import { giveLocks } from './locks_for_tests.ts';

beforeEach(giveLocks);

test('what is held elsewhere is refused after a moment, and free when it was let go', async () => {
	const release = await hold('interview 1');
	(await hold('interview 2'))();
	expect(await troubleOf(hold('interview 1'))).toBe('phone.open_elsewhere');
	release();
	(await hold('interview 1'))();
});

test('a page that is just going away is waited for', async () => {
	const release = await hold('interview 1');
	const next = hold('interview 1');
	setTimeout(release, 50);
	(await next)();
});

test('work is left to who does it already, or done after it', async () => {
	const done: string[] = [];
	const work = (name: string) => async () => {
		await Promise.resolve();
		done.push(name);
		return name;
	};
	const [first, left, after] = await Promise.all([
		inTurn('refresh', work('first')),
		unlessElsewhere('refresh', work('left')),
		inTurn('refresh', work('after')),
	]);
	expect([first, left, after]).toEqual(['first', null, 'after']);
	expect(done).toEqual(['first', 'after']);
});

test('several hold something together, and who wants it alone is refused or waits until the last has let go', async () => {
	const [one, other] = [await hold('form', 'shared'), await hold('form', 'shared')];
	one();
	expect(await unlessElsewhere('form', () => Promise.resolve('alone'))).toBeNull();
	const alone = inTurn('form', () => Promise.resolve('alone'));
	other();
	expect(await alone).toBe('alone');
});

test('what was held for work that failed is free again', async () => {
	const failing = whileHeld(async (held) => {
		await held.also('interview 1');
		await held.also('interview 2');
		throw new Error('failed');
	});
	await expect(failing).rejects.toThrow('failed');
	const kept = await whileHeld(async (held) => {
		await held.also('interview 1');
		await held.also('interview 2');
		return held;
	});
	expect(await troubleOf(hold('interview 2'))).toBe('phone.open_elsewhere');
	kept.release();
	(await hold('interview 2'))();
});
