import { beforeEach, expect, test } from 'vitest';

import { troubleOf } from '../vault/samples.ts';
import { hold, inTurn, unlessElsewhere } from './holding.ts';
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
