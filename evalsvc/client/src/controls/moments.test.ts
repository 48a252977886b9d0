import { expect, test } from 'vitest';

import { firstDay, nowAs, shownMoment } from './moments.ts';
import { rangeOf, stepped, valuesOf } from './range.ts';

test('stored moments are shown as fields of a browser hold them', () => {
	expect(shownMoment('date', '2026-11-23')).toBe('2026-11-23');
	expect(shownMoment('time', '08:30:00.000+08:00')).toBe('08:30');
	expect(shownMoment('datetime', '2026-11-23T08:30:00.000+08:00')).toBe('2026-11-23T08:30');
	expect(shownMoment('datetime', '')).toBe('');
	expect(shownMoment('date', 'soon')).toBe('');
});

test('now is written in the zone of the phone', () => {
	const now = new Date(2026, 10, 3, 7, 5);
	expect(nowAs('datetime', now)).toBe('2026-11-03T07:05');
	expect(nowAs('date', now)).toBe('2026-11-03');
	expect(nowAs('time', now)).toBe('07:05');
});

test('a month is kept as its first day', () => {
	expect(firstDay('2026', '3')).toBe('2026-03-01');
	expect(firstDay('26', '3')).toBeNull();
	expect(firstDay('2026', '')).toBeNull();
});

test('a range is stepped through without the dust of fractions, and not beyond its ends', () => {
	const range = rangeOf({ start: '0', end: '1', step: '0.1' });
	expect(stepped(range, 0.2, 1)).toBe(0.3);
	expect(stepped(range, 1, 1)).toBe(1);
	expect(valuesOf(range)).toHaveLength(11);
	expect(valuesOf(rangeOf({ start: '3', end: '1', step: '-1' }))).toEqual([3, 2, 1]);
	expect(rangeOf({})).toEqual({ start: 0, end: 10, step: 1 });
	expect(rangeOf({ start: 'x', step: '0' })).toEqual({ start: 0, end: 10, step: 1 });
});
