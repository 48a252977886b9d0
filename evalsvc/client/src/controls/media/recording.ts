/** A sound recording: its pieces are asked for every two seconds, so what was said is never in the recorder alone. */
import type { AttachedFile } from '../../model.ts';
import { closeDevice } from './devices.ts';
import { LARGEST_FILE } from './files.ts';

/** Kinds of sound in the order of preference: small first, then what Safari makes. */
const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm'] as const;
const ENDINGS: Readonly<Record<string, string>> = { 'audio/webm': 'webm', 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' };
const PIECE_MILLISECONDS = 2000;
/** Bits per second by the names that forms use (`quality`); speech is well understood at the smallest. */
const BITS: Readonly<Record<string, number>> = { 'voice-only': 16_000, low: 32_000, normal: 64_000 };
/** Seconds of a recording that a dying battery may cost at most. */
export const KEPT_EVERY = 60;

/** The kind of sound that this browser records; null where it records none that we know. */
export function soundKind(isSupported: (kind: string) => boolean): string | null {
	return KINDS.find(isSupported) ?? null;
}

export function bitsPerSecond(quality: string | undefined): number {
	return BITS[quality ?? ''] ?? 32_000;
}

/** The name and the type of a recording of this kind. */
export function soundFile(kind: string): { name: string; type: string } {
	const type = kind.split(';')[0] ?? kind;
	return { name: `recording.${ENDINGS[type] ?? 'bin'}`, type };
}

/** A running recording. `ended` is called once, when the last piece has come or the microphone was taken away. */
export class Recording {
	private readonly recorder: MediaRecorder;
	private readonly stream: MediaStream;
	private readonly kind: string;
	private readonly pieces: Uint8Array<ArrayBuffer>[] = [];
	private reading: Promise<void> = Promise.resolve();

	constructor(stream: MediaStream, kind: string, bits: number, ended: () => void) {
		this.stream = stream;
		this.kind = kind;
		this.recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: bits });
		this.recorder.ondataavailable = ({ data }) => void (this.reading = this.reading.then(() => this.take(data)));
		this.recorder.onstop = () => void this.close(ended);
		this.recorder.start(PIECE_MILLISECONDS);
	}

	get bytes(): number {
		return this.pieces.reduce((sum, piece) => sum + piece.length, 0);
	}

	stop(): void {
		if (this.recorder.state !== 'inactive') {
			this.recorder.stop();
		}
	}

	/** What was recorded so far; null where there is nothing yet. */
	file(): AttachedFile | null {
		return this.bytes === 0 ? null : { ...soundFile(this.kind), bytes: joined(this.pieces) };
	}

	/** A recording that the server would not take is ended while it still does. */
	private async take(piece: Blob): Promise<void> {
		this.pieces.push(new Uint8Array(await piece.arrayBuffer()));
		if (this.bytes > LARGEST_FILE * 0.95) {
			this.stop();
		}
	}

	private async close(ended: () => void): Promise<void> {
		closeDevice(this.stream);
		await this.reading;
		ended();
	}
}

/** The pieces one behind the other. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
	let at = 0;
	for (const piece of pieces) {
		whole.set(piece, at);
		at += piece.length;
	}
	return whole;
}
