import { say } from '../../words/say.ts';

export interface Size {
	readonly width: number;
	readonly height: number;
}

/** The size of a picture whose longest side is at most so many pixels; it is never enlarged. */
export function fitted(picture: Size, longest: number): Size {
	const share = Math.min(1, longest / Math.max(picture.width, picture.height));
	return { width: scaled(picture.width, share), height: scaled(picture.height, share) };
}

function scaled(side: number, share: number): number {
	return Math.max(1, Math.round(side * share));
}

/** Read a parameter that is a number of at least zero; null where there is none. */
export function numberOf(parameter: string | undefined): number | null {
	const number = Number(parameter?.trim() || NaN);
	return Number.isFinite(number) && number >= 0 ? number : null;
}

/** Longest side of a picture in pixels: what the question says, else the setting of the evaluation. */
export function longestSide(parameters: Readonly<Record<string, string>>, setting: number): number {
	return Math.round(numberOf(parameters['max-pixels']) || setting);
}

/** A size in bytes as people read it, in either language. */
export function readableBytes(bytes: number): string {
	if (bytes < 1000) {
		return `${bytes} B`;
	}
	if (bytes >= 1_000_000_000) {
		return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
	}
	return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${Number((bytes / 1_000_000).toFixed(1))} MB`;
}

/** A length in metres as people read it: one decimal where that matters, kilometres where it is long. */
export function readableMetres(metres: number): string {
	if (metres >= 10_000) {
		return say('phone.length.kilometres', { number: Math.round(metres / 1000) });
	}
	return say('phone.length.metres', { number: Number(metres.toFixed(metres < 100 ? 1 : 0)) });
}

/** Seconds as minutes and seconds: 65 is 1:05. */
export function readableTime(seconds: number): string {
	const whole = Math.floor(seconds);
	return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
