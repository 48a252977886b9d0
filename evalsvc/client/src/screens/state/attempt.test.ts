import { afterEach, expect, it, vi } from 'vitest';

import { ServerTrouble } from '../../server/trouble.ts';
import { troubleOf, useAttempt } from './attempt.ts';

afterEach(() => vi.restoreAllMocks());

it('tells the trouble that an error carries, and forgets it at the next attempt', async () => {
	const { attempt, busy, trouble } = useAttempt();
	const given = { code: 'phone.server.offline', details: {}, said: null };
	expect(await attempt(() => Promise.reject(new ServerTrouble(given, true)))).toBe(false);
	expect(trouble.value).toEqual(given);
	expect(await attempt(() => Promise.resolve())).toBe(true);
	expect([trouble.value, busy.value]).toEqual([null, false]);
});

it('does one thing at a time', async () => {
	const { attempt } = useAttempt();
	let end = () => {};
	const first = attempt(() => new Promise<void>((resolve) => (end = resolve)));
	expect(await attempt(() => Promise.reject(new Error('never begun')))).toBe(false);
	end();
	expect(await first).toBe(true);
});

it('never logs nor shows the message of an unexpected error, which may quote an answer', () => {
	const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
	const trouble = troubleOf(new TypeError('示例姓名 is not a number'));
	expect(trouble).toEqual({ code: 'phone.screen.unexpected', details: { name: 'TypeError' }, said: null });
	expect(JSON.stringify(logged.mock.calls)).not.toContain('示例姓名');
	expect(logged).toHaveBeenCalledOnce();
});
