/** How loud it is at the microphone, so that whoever records sees that it hears. */
export interface Loudness {
	/** From 0 to 1; its root, for ears hear ratios. */
	level(): number;
	close(): void;
}

const SAMPLES = 1024;
/** Speech at arm's length has an effective value of about a quarter of the full range at most. */
const LOUD = 0.25;

export function loudnessOf(stream: MediaStream): Loudness {
	const context = new AudioContext();
	const analyser = context.createAnalyser();
	analyser.fftSize = SAMPLES;
	context.createMediaStreamSource(stream).connect(analyser);
	const wave = new Float32Array(SAMPLES);
	return {
		level() {
			analyser.getFloatTimeDomainData(wave);
			return Math.min(1, Math.sqrt(effectiveValue(wave) / LOUD));
		},
		close: () => void context.close(),
	};
}

/** Root of the mean square. */
export function effectiveValue(wave: Float32Array): number {
	return Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length);
}
