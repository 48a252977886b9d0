/** A position that was read off a map or another device. */
import type { Position } from '../../model.ts';

/** Degrees as they were typed, also with the full-width signs of Chinese keyboards; null where they are none up to `most`. */
export function degreesOf(typed: string, most: number): number | null {
	const plain = typed.normalize('NFKC').replaceAll('。', '.').trim();
	const degrees = /^[+-]?\d{1,3}(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
	return Math.abs(degrees) <= most ? degrees : null;
}

/** The position of both, null where either is none; nobody knows how exact it is. */
export function typedPosition(latitude: string, longitude: string): Position | null {
	const [north, east] = [degreesOf(latitude, 90), degreesOf(longitude, 180)];
	return north === null || east === null ? null : { latitude: north, longitude: east, altitude: null, accuracy: null };
}

/** Degrees with five decimals, which is a metre. */
export function readableDegrees({ latitude, longitude }: { latitude: number; longitude: number }): string {
	return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
