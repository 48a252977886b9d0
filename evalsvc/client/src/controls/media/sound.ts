/** Recording sound for a question: what is heard is attached when it ends, and every minute before. */
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue';

import type { AttachedFile } from '../../model.ts';
import { usePending } from '../pending.ts';
import { useAwake } from './awake.ts';
import { closeDevice, DeviceRefused, openDevice, type Refusal } from './devices.ts';
import { loudnessOf, type Loudness } from './loudness.ts';
import { KEPT_EVERY, Recording, soundKind } from './recording.ts';

export type SoundTrouble = Refusal | 'unsupported' | 'hidden';

export interface Sound {
	readonly running: Readonly<Ref<boolean>>;
	readonly seconds: Readonly<Ref<number>>;
	/** From 0 to 1. */
	readonly level: Readonly<Ref<number>>;
	readonly trouble: Readonly<Ref<SoundTrouble | null>>;
	begin(): Promise<void>;
	stop(): void;
}

const TICK_MILLISECONDS = 200;

/** Record sound; a page that is left or hidden ends the recording, for browsers stop listening there without a word. */
export function useSound(bits: () => number, attach: (file: AttachedFile) => void): Sound {
	const pending = usePending();
	const recording = shallowRef<Recording | null>(null);
	const [seconds, level, trouble] = [ref(0), ref(0), ref<SoundTrouble | null>(null)];
	let loudness: Loudness | null = null;
	let clock: ReturnType<typeof setInterval> | undefined;
	let [begun, kept, opening, gone] = [0, 0, false, false];

	async function begin(): Promise<void> {
		const kind = 'MediaRecorder' in globalThis ? soundKind((each) => MediaRecorder.isTypeSupported(each)) : null;
		trouble.value = kind === null ? 'unsupported' : null;
		if (kind === null || opening || recording.value !== null) {
			return;
		}
		opening = true;
		try {
			record(await openDevice({ audio: true }), kind);
		} catch (error) {
			trouble.value = error instanceof DeviceRefused ? error.refusal : 'unsupported';
		} finally {
			opening = false;
		}
	}

	/** Whoever left the question while the browser asked for the microphone is not listened to. */
	function record(stream: MediaStream, kind: string): void {
		if (gone) {
			return closeDevice(stream);
		}
		try {
			recording.value = new Recording(stream, kind, bits(), end);
			loudness = loudnessOf(stream);
		} catch (error) {
			closeDevice(stream);
			throw error;
		}
		[begun, kept, seconds.value] = [Date.now(), 0, 0];
		pending.hold(keep);
		clock = setInterval(tick, TICK_MILLISECONDS);
	}

	function tick(): void {
		seconds.value = (Date.now() - begun) / 1000;
		level.value = loudness?.level() ?? 0;
		if (seconds.value >= kept + KEPT_EVERY) {
			kept = seconds.value;
			keep();
		}
	}

	function keep(): void {
		const file = recording.value?.file();
		if (file) {
			attach(file);
		}
	}

	function end(): void {
		clearInterval(clock);
		loudness?.close();
		keep();
		recording.value = null;
		pending.release(keep);
	}

	/** What is there is kept at once: the last piece comes a moment later, and the page may be gone by then. */
	function interrupt(): void {
		keep();
		recording.value?.stop();
	}

	function hide(): void {
		if (document.hidden && recording.value !== null) {
			trouble.value = 'hidden';
			interrupt();
		}
	}

	onMounted(() => document.addEventListener('visibilitychange', hide));
	onBeforeUnmount(() => {
		gone = true;
		document.removeEventListener('visibilitychange', hide);
		interrupt();
	});
	const running = computed(() => recording.value !== null);
	useAwake(() => running.value);
	return { running, seconds, level, trouble, begin, stop: () => recording.value?.stop() };
}
