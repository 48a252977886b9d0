import { expect, it } from 'vitest';

import { fitted, longestSide, numberOf, readableBytes, readableMetres, readableTime } from './sizes.ts';

it('makes the longest side fit, keeps the shape, enlarges nothing', () => {
	expect(fitted({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 });
	expect(fitted({ width: 3000, height: 4000 }, 1600)).toEqual({ width: 1200, height: 1600 });
	expect(fitted({ width: 640, height: 480 }, 1600)).toEqual({ width: 640, height: 480 });
	expect(fitted({ width: 10_000, height: 2 }, 100)).toEqual({ width: 100, height: 1 });
});

it('takes the size of the question before that of the setting', () => {
	expect(longestSide({ 'max-pixels': '800' }, 1600)).toBe(800);
	expect(longestSide({}, 1600)).toBe(1600);
	expect(longestSide({ 'max-pixels': 'large' }, 1600)).toBe(1600);
	expect(longestSide({ 'max-pixels': '0' }, 1600)).toBe(1600);
});

it('reads parameters that are numbers, and only those', () => {
	expect(['10', ' 2.5 ', '0', '', '-1', 'ten', undefined].map(numberOf)).toEqual([10, 2.5, 0, null, null, null, null]);
});

it('writes sizes, distances and times for people', () => {
	expect([512, 84_400, 2_340_000, 18e6].map(readableBytes)).toEqual(['512 B', '84 KB', '2.3 MB', '18 MB']);
	expect([8, 10.42, 162.4, 1600, 25_400].map((metres) => readableMetres(metres))).toEqual([
		'8 米',
		'10.4 米',
		'162 米',
		'1600 米',
		'25 公里',
	]);
	expect([0, 9.9, 65, 3600].map(readableTime)).toEqual(['0:00', '0:09', '1:05', '60:00']);
});
