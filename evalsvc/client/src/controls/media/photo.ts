/** Photos are made small on the phone: never more than one lies unpacked in its memory. */
import type { AttachedFile } from '../../model.ts';
import { encoded, whiteCanvas } from './encoding.ts';
import { exifOf, HEAD_BYTES, withExif } from './exif.ts';
import { fitted } from './sizes.ts';

export interface PhotoWish {
	/** Longest side in pixels. */
	readonly longest: number;
	readonly keepExif: boolean;
}

/** The file is broken, or of a kind that this browser does not open (HEIC outside of Safari). */
export class PictureUnreadable extends Error {}

const QUALITY = 0.85;

let last: Promise<unknown> = Promise.resolve();

/** Make a JPEG of a picture, upright and no longer than wished. Throws PictureUnreadable. Photos wait for one another. */
export function compressed(file: Blob, wish: PhotoWish): Promise<AttachedFile> {
	const photo = last.then(() => compress(file, wish));
	last = photo.catch(() => undefined);
	return photo;
}

async function compress(file: Blob, wish: PhotoWish): Promise<AttachedFile> {
	const exif = wish.keepExif ? exifOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())) : null;
	const jpeg = await smallJpeg(file, wish.longest);
	return { name: 'photo.jpg', type: 'image/jpeg', bytes: exif ? withExif(jpeg, exif) : jpeg };
}

async function smallJpeg(file: Blob, longest: number): Promise<Uint8Array<ArrayBuffer>> {
	const picture = await opened(file);
	try {
		const { width, height } = fitted(picture, longest);
		const { canvas, context } = whiteCanvas(width, height);
		context.imageSmoothingQuality = 'high';
		context.drawImage(picture, 0, 0, width, height);
		return encoded(canvas, 'image/jpeg', QUALITY);
	} finally {
		picture.close();
	}
}

/**
 * Unpack a picture, turned as its camera says, which every browser does unless it is told otherwise; those before 2023 refuse
 * to be told (`from-image`). Throws PictureUnreadable.
 */
export async function opened(file: Blob): Promise<ImageBitmap> {
	try {
		return await createImageBitmap(file);
	} catch (error) {
		throw new PictureUnreadable('the browser does not open this picture', { cause: error });
	}
}
