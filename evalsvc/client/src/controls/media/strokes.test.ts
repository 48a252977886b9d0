import { describe, expect, it } from 'vitest';

import { curves, newestCurve, onPicture } from './strokes.ts';

describe('curves', () => {
	it('join without a gap, begin where the pen came down and end where it left', () => {
		const stroke = [
			{ x: 0, y: 0 },
			{ x: 10, y: 0 },
			{ x: 20, y: 10 },
			{ x: 20, y: 30 },
		];
		const pieces = curves(stroke).slice(1);
		expect(pieces[0]?.start).toEqual(stroke[0]);
		expect(pieces.at(-1)?.end).toEqual(stroke[3]);
		for (const [index, piece] of pieces.slice(1).entries()) {
			expect(piece.start).toEqual(pieces[index]?.end);
		}
	});

	it('turn at no point of their own: each leans towards the point that was touched', () => {
		const corner = { x: 10, y: 0 };
		expect(newestCurve([{ x: 0, y: 0 }, corner, { x: 10, y: 10 }])).toEqual({
			start: { x: 5, y: 0 },
			towards: corner,
			end: { x: 10, y: 5 },
		});
	});

	it('of a tap are a dot, of nothing are none', () => {
		const dot = { x: 3, y: 4 };
		expect(curves([dot])).toEqual([{ start: dot, towards: dot, end: dot }]);
		expect(curves([])).toEqual([]);
	});
});

it('finds the place on the picture whatever the size on the screen', () => {
	const frame = { left: 16, top: 100, width: 320, height: 200 };
	expect(onPicture({ x: 176, y: 200 }, frame, { width: 800, height: 500 })).toEqual({ x: 400, y: 250 });
});
