import { describe, expect, it } from 'vitest';

import { COMPRESSED, TAKEN } from './example_photos.ts';
import { exifOf, withExif } from './exif.ts';

const ORIENTATION_AT = 0x2a;

describe('exifOf', () => {
	it('takes the segment out whole and changes nothing but the orientation', () => {
		const original = TAKEN.subarray(20, 20 + 2 + 200);
		const segment = exifOf(TAKEN);
		expect(segment).not.toBeNull();
		const differing = [...original.keys()].filter((at) => original[at] !== segment?.[at]);
		expect(segment?.length).toBe(original.length);
		expect(differing.map((at) => [at, original[at], segment?.[at]])).toEqual([[ORIENTATION_AT - 1, 6, 1]]);
	});

	it('leaves the photo as it was', () => {
		const before = TAKEN.slice();
		exifOf(TAKEN);
		expect(TAKEN).toEqual(before);
	});

	it('sets the thumbnail upright too, and reads both orders of bytes', () => {
		for (const little of [true, false]) {
			const segment = exifOf(jpegWith(listsWithThumbnail(little)));
			const tiff = new DataView(segment?.buffer ?? new ArrayBuffer(0), 10);
			expect([tiff.getUint16(8 + 2 + 8, little), tiff.getUint16(26 + 2 + 8, little)]).toEqual([1, 1]);
		}
	});

	it('gives nothing where nothing is, or where it is broken', () => {
		expect(exifOf(COMPRESSED)).toBeNull();
		expect(exifOf(new Uint8Array())).toBeNull();
		expect(exifOf(new TextEncoder().encode('not a picture at all'))).toBeNull();
		expect(exifOf(TAKEN.subarray(0, 100)), 'cut off').toBeNull();
		const astray = listsWithThumbnail(true);
		new DataView(astray.buffer).setUint32(4, 60_000, true);
		expect(exifOf(jpegWith(astray)), 'a list beyond the end').toBeNull();
	});
});

it('puts the segment directly behind the start and leaves the rest alone', () => {
	const segment = exifOf(TAKEN) ?? new Uint8Array();
	const whole = withExif(COMPRESSED, segment);
	expect([...whole.subarray(0, 4)]).toEqual([0xff, 0xd8, 0xff, 0xe1]);
	expect(whole.subarray(2 + segment.length)).toEqual(COMPRESSED.subarray(2));
	expect(exifOf(whole)).toEqual(segment);
});

/** TIFF with two lists of one entry each: orientation 6 of the photo, 8 of its thumbnail. */
function listsWithThumbnail(little: boolean): Uint8Array<ArrayBuffer> {
	const view = new DataView(new ArrayBuffer(44));
	view.setUint16(0, little ? 0x4949 : 0x4d4d);
	view.setUint16(2, 42, little);
	view.setUint32(4, 8, little);
	for (const [list, orientation, next] of [
		[8, 6, 26],
		[26, 8, 0],
	] as const) {
		view.setUint16(list, 1, little);
		view.setUint16(list + 2, 0x0112, little);
		view.setUint16(list + 4, 3, little);
		view.setUint32(list + 6, 1, little);
		view.setUint16(list + 10, orientation, little);
		view.setUint32(list + 14, next, little);
	}
	return new Uint8Array(view.buffer);
}

function jpegWith(tiff: Uint8Array): Uint8Array {
	const head = [0xff, 0xd8, 0xff, 0xe1, 0, 2 + 6 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0];
	return new Uint8Array([...head, ...tiff, 0xff, 0xda]);
}
