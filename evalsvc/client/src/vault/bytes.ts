/** Bytes in the forms in which they are stored and handed over. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): Bytes {
	return new TextEncoder().encode(text);
}

/** The text that bytes are in UTF-8; throws where they are none. */
export function textOf(bytes: Uint8Array): string {
	return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

export function randomBytes(length: number): Bytes {
	return crypto.getRandomValues(new Uint8Array(length));
}

/** Several pieces one after the other. */
export function joined(pieces: readonly Uint8Array[]): Bytes {
	const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
	let place = 0;
	for (const piece of pieces) {
		whole.set(piece, place);
		place += piece.length;
	}
	return whole;
}

const NEWLINE = 10;

/** A value as one line of JSON, and bytes behind it. */
export function framed(head: unknown, body: Uint8Array): Bytes {
	return joined([bytesOf(`${JSON.stringify(head)}\n`), body]);
}

/** Take a frame apart: the value of its first line, and what lies behind it. */
export function unframed(frame: Bytes): { readonly head: unknown; readonly body: Bytes } {
	const end = frame.indexOf(NEWLINE);
	return { head: JSON.parse(textOf(frame.subarray(0, end))), body: frame.slice(end + 1) };
}

export function toBase64(bytes: Uint8Array): string {
	return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** The bytes that a text in base64 stands for; throws where it is none. */
export function fromBase64(text: string): Bytes {
	return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

/** SHA-256 in lower-case hex. */
export async function sha256(bytes: Bytes): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
