/**
 * What a camera wrote into a photo (EXIF 2.32, CIPA DC-008): it lies in a segment of its own before the picture's data, so it
 * can be carried from the photo as taken into the compressed one.
 */
const START = 0xffd8;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const MARK = [0x45, 0x78, 0x69, 0x66, 0, 0];
const TIFF = 4 + MARK.length;
const ORIENTATION = 0x0112;
const SHORT = 3;
const ENTRY = 12;

/** What lies before a picture's data and may hold the segment: cameras write it within the first 128 KB. */
export const HEAD_BYTES = 131_072;

/**
 * The EXIF segment of a JPEG with its marker, its orientation set to upright because the pixels of the compressed photo are
 * turned already; null where there is none, or none that can be read.
 */
export function exifOf(jpeg: Uint8Array): Uint8Array<ArrayBuffer> | null {
	try {
		const segment = exifSegment(jpeg);
		return segment && upright(segment.slice());
	} catch (error) {
		if (error instanceof RangeError) {
			return null;
		}
		throw error;
	}
}

/** A JPEG with this EXIF segment directly behind its start, where the standard wants it. */
export function withExif(jpeg: Uint8Array, segment: Uint8Array): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(jpeg.length + segment.length);
	whole.set(jpeg.subarray(0, 2));
	whole.set(segment, 2);
	whole.set(jpeg.subarray(2), 2 + segment.length);
	return whole;
}

function exifSegment(jpeg: Uint8Array): Uint8Array | null {
	const view = viewOf(jpeg);
	if (view.getUint16(0) !== START) {
		return null;
	}
	for (let at = 2; view.getUint8(at) === 0xff && view.getUint8(at + 1) !== START_OF_SCAN;) {
		const end = at + 2 + view.getUint16(at + 2);
		if (view.getUint8(at + 1) === APP1 && MARK.every((byte, index) => jpeg[at + 4 + index] === byte)) {
			return end <= jpeg.length ? jpeg.subarray(at, end) : null;
		}
		at = end;
	}
	return null;
}

/** Set the orientation to 1 in the list of the photo and in that of its thumbnail. Throws RangeError where lists point out of it. */
function upright(segment: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	const tiff = new DataView(segment.buffer, segment.byteOffset + TIFF, segment.length - TIFF);
	const little = tiff.getUint16(0) === 0x4949;
	const first = tiff.getUint32(4, little);
	const second = setUpright(tiff, first, little);
	if (second !== 0) {
		setUpright(tiff, second, little);
	}
	return segment;
}

/** Give where the next list begins, 0 where there is none. */
function setUpright(tiff: DataView, list: number, little: boolean): number {
	const count = tiff.getUint16(list, little);
	for (let index = 0; index < count; index++) {
		const entry = list + 2 + index * ENTRY;
		if (tiff.getUint16(entry, little) === ORIENTATION && tiff.getUint16(entry + 2, little) === SHORT) {
			tiff.setUint16(entry + 8, 1, little);
		}
	}
	return tiff.getUint32(list + 2 + count * ENTRY, little);
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
