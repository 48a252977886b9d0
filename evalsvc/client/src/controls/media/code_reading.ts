/** Reading QR codes and barcodes out of a picture: by the browser where it can, else by jsQR, which is loaded when it is needed. */
import { fitted } from './sizes.ts';

/** Gives the text of a code in the picture, null where there is none. */
export type ReadCode = (video: HTMLVideoElement) => Promise<string | null>;

export interface CodeReader {
	readonly read: ReadCode;
	/** Whether it knows barcodes beside QR codes. */
	readonly knowsBarcodes: boolean;
}

/** Barcode Detection API (W3C community group), which TypeScript does not know yet. */
interface Detector {
	detect(source: HTMLVideoElement): Promise<{ readonly rawValue: string }[]>;
}
interface DetectorClass {
	new (options: { formats: string[] }): Detector;
	getSupportedFormats(): Promise<string[]>;
}

/** Longest side of the picture in which jsQR searches: enough for a code that fills a third of it, and quick on slow phones. */
const SEARCHED_PIXELS = 640;

/** The best reader that this browser has. Phones without Google's services promise a detector that knows no format. */
export async function codeReader(): Promise<CodeReader> {
	const Detector = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
	const formats = (await Detector?.getSupportedFormats().catch(() => [])) ?? [];
	if (Detector === undefined || !formats.includes('qr_code')) {
		return { read: await readerOfQrCodes(), knowsBarcodes: false };
	}
	return { read: readerOfCodes(new Detector({ formats })), knowsBarcodes: formats.length > 1 };
}

function readerOfCodes(detector: Detector): ReadCode {
	let other: ReadCode | null = null;
	return async (video) => {
		if (other !== null) {
			return other(video);
		}
		try {
			return (await detector.detect(video))[0]?.rawValue ?? null;
		} catch {
			// A detector whose service does not start fails at every picture.
			other = await readerOfQrCodes();
			return null;
		}
	};
}

async function readerOfQrCodes(): Promise<ReadCode> {
	const { default: jsQR } = await import('jsqr');
	const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	return (video) => {
		const { width, height } = fitted({ width: video.videoWidth, height: video.videoHeight }, SEARCHED_PIXELS);
		Object.assign(context?.canvas ?? {}, { width, height });
		context?.drawImage(video, 0, 0, width, height);
		const pixels = context?.getImageData(0, 0, width, height);
		const found = pixels && jsQR(pixels.data, width, height, { inversionAttempts: 'attemptBoth' });
		return Promise.resolve(found?.data || null);
	};
}
