import { expect, it } from 'vitest';

import { catalogue } from '../../words/catalogue.ts';
import { noticesOf, type Circumstances } from './notices.ts';

const CALM: Circumstances = {
	now: Date.parse('2026-11-23T00:00:00Z'),
	online: true,
	unsent: 0,
	persistent: true,
	storage: { used: 0, quota: 1e10 },
	clockAhead: 2,
	tokenEndsAt: '2026-12-31T00:00:00Z',
	updateWaiting: false,
};

function codes(given: Partial<Circumstances>): readonly string[] {
	return noticesOf({ ...CALM, ...given }).map((notice) => notice.code.replace('phone.notice.', ''));
}

it('says nothing while all is well, and nothing of what is not known', () => {
	expect(codes({})).toEqual([]);
	expect(codes({ persistent: null, storage: null, clockAhead: null, tokenEndsAt: null })).toEqual([]);
});

it('tells each thing that needs to be known', () => {
	expect(codes({ online: false })).toEqual(['offline']);
	expect(codes({ online: false, unsent: 3 })).toEqual(['offline_unsent']);
	expect(codes({ unsent: 3 })).toEqual(['unsent']);
	expect(codes({ persistent: false })).toEqual(['not_persistent']);
	expect(codes({ clockAhead: 3600 })).toEqual(['clock_ahead']);
	expect(codes({ clockAhead: -3600 })).toEqual(['clock_behind']);
	expect(codes({ updateWaiting: true })).toEqual(['update']);
});

it('warns before the token ends and says when it has', () => {
	expect(codes({ tokenEndsAt: '2026-11-26T00:00:01Z' })).toEqual([]);
	expect(codes({ tokenEndsAt: '2026-11-25T23:59:59Z' })).toEqual(['token_ends']);
	expect(codes({ tokenEndsAt: '2026-11-23T00:00:00Z' })).toEqual(['token_ended']);
});

it('warns when storage gets scarce, and puts the worst first', () => {
	expect(noticesOf({ ...CALM, storage: { used: 0, quota: 199_900_000 } })[0]).toMatchObject({
		kind: 'warn',
		details: { megabytes: 199 },
	});
	const all = noticesOf({ ...CALM, online: false, persistent: false, storage: { used: 9, quota: 10 } });
	expect(all.map((notice) => notice.kind)).toEqual(['bad', 'warn', 'calm']);
});

it('has words for every notice', () => {
	const given = [...catalogue.keys()].filter((code) => code.startsWith('phone.notice.'));
	const possible = [
		...codes({
			online: false,
			unsent: 1,
			persistent: false,
			storage: { used: 0, quota: 0 },
			clockAhead: 999,
			updateWaiting: true,
		}),
		...codes({ online: false, clockAhead: -999, tokenEndsAt: '2026-11-24T00:00:00Z' }),
		...codes({ unsent: 1, tokenEndsAt: '2026-11-22T00:00:00Z' }),
	];
	expect(new Set(possible)).toEqual(new Set(given.map((code) => code.replace('phone.notice.', ''))));
});
