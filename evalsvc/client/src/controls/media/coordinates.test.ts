import { expect, it } from 'vitest';

import { degreesOf, readableDegrees, typedPosition } from './coordinates.ts';

it('reads degrees as people type them', () => {
	expect(['30.5', ' 114 ', '-0.25', '+7', '３０．５', '30。5'].map((typed) => degreesOf(typed, 180))).toEqual([
		30.5, 114, -0.25, 7, 30.5, 30.5,
	]);
});

it('refuses what is no number of degrees, or beyond the earth', () => {
	expect(['', 'north', '30,5', '30.5.1', '1e1', '91'].map((typed) => degreesOf(typed, 90))).toEqual(
		Array(6).fill(null),
	);
});

it('makes a position of both whose accuracy nobody knows', () => {
	expect(typedPosition('30.5', '114.25')).toEqual({
		latitude: 30.5,
		longitude: 114.25,
		altitude: null,
		accuracy: null,
	});
	expect(typedPosition('114.25', '30.5'), 'exchanged').toBeNull();
});

it('writes degrees to a metre', () => {
	expect(readableDegrees({ latitude: 30.5, longitude: 114.123456 })).toBe('30.50000, 114.12346');
});
