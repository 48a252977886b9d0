import { expect, it } from 'vitest';

import { lengthOf, pointsOf, traceOf } from './trace.ts';

const at = (latitude: number, longitude: number) => ({ latitude, longitude, altitude: 12, accuracy: 4.5 });
const corners = [at(30, 114), at(30, 114.001), at(30.001, 114.001)];

it('writes a line as XForms do, and reads it back', () => {
	const text = '30 114 12 4.5; 30 114.001 12 4.5; 30.001 114.001 12 4.5';
	expect(traceOf(corners, 'trace')).toBe(text);
	expect(pointsOf(text, 'trace')).toEqual(corners);
	expect(traceOf([{ ...at(30, 114), altitude: null, accuracy: null }], 'trace')).toBe('30 114 0 0');
});

it('closes an area, and takes the closing point for no point', () => {
	const text = traceOf(corners, 'shape');
	expect(text?.split('; ')).toHaveLength(4);
	expect(pointsOf(text, 'shape')).toEqual(corners);
});

it('has no answer without points', () => {
	expect(traceOf([], 'trace')).toBeNull();
	expect(pointsOf(null, 'trace')).toEqual([]);
	expect(pointsOf('', 'shape')).toEqual([]);
});

/** Legs of 96.3 and 111.2 m on the sphere, and the way back of 147.1 m (Pythagoras, exact enough at this size). */
it('measures along a line, and around an area', () => {
	expect(lengthOf(corners, 'trace')).toBeCloseTo(207.5, 0);
	expect(lengthOf(corners, 'shape')).toBeCloseTo(354.6, 0);
	expect(lengthOf(corners.slice(0, 1), 'trace')).toBe(0);
});
