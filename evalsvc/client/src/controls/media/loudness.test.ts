import { expect, it } from 'vitest';

import { effectiveValue } from './loudness.ts';

/** The effective value of a sine is its height divided by the root of two. */
it('measures a sine', () => {
	const sine = Float32Array.from({ length: 1024 }, (_sample, index) => 0.5 * Math.sin((2 * Math.PI * index) / 64));
	expect(effectiveValue(sine)).toBeCloseTo(0.5 / Math.SQRT2, 5);
	expect(effectiveValue(new Float32Array(16))).toBe(0);
});
