import { expect, it } from 'vitest';

import { distance } from './distance.ts';

/** T. Vincenty's own line of test, Survey Review 23 (176), 1975; geodesic length as Geoscience Australia gives it. */
it('is within 0.6 % of a geodesic on the ellipsoid: Flinders Peak to Buninyong', () => {
	const flindersPeak = { latitude: -(37 + 57 / 60 + 3.7203 / 3600), longitude: 144 + 25 / 60 + 29.5244 / 3600 };
	const buninyong = { latitude: -(37 + 39 / 60 + 10.1561 / 3600), longitude: 143 + 55 / 60 + 35.3839 / 3600 };
	expect(Math.abs(distance(flindersPeak, buninyong) / 54972.271 - 1)).toBeLessThan(0.006);
});

/** A quarter of a sphere's circumference, and one minute of a great circle of the mean radius. */
it('is exact on the sphere', () => {
	const radius = 6_371_008.8;
	const nowhere = { latitude: 0, longitude: 0 };
	expect(distance(nowhere, { latitude: 90, longitude: 0 })).toBeCloseTo((Math.PI / 2) * radius, 3);
	expect(distance(nowhere, { latitude: 0, longitude: 1 / 60 })).toBeCloseTo((Math.PI / 10800) * radius, 3);
	expect(distance(nowhere, { latitude: 0, longitude: 180 })).toBeCloseTo(Math.PI * radius, 3);
});

/** WGS 84: a degree of the meridian at 30° north has 110,852.4 m, one of the parallel 96,486.3 m (NIMA TR8350.2 formulas). */
it('tells metres between houses of a village', () => {
	const house = { latitude: 30, longitude: 110 };
	expect(distance(house, { latitude: 30.001, longitude: 110 })).toBeCloseTo(110.9, -0.5);
	expect(distance(house, { latitude: 30, longitude: 110.001 })).toBeCloseTo(96.5, -0.5);
	expect(distance(house, house)).toBe(0);
});

it('knows no seam where longitudes begin anew', () => {
	expect(distance({ latitude: 0, longitude: 179.9995 }, { latitude: 0, longitude: -179.9995 })).toBeCloseTo(111.2, 1);
});
