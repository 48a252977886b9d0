/** The search for a position in a browser: it listens only while somebody waits for it. */
import { computed, onScopeDispose, ref, shallowRef, type Ref } from 'vue';

import type { Position } from '../../model.ts';
import { useAwake } from './awake.ts';
import { IDLE, next, TIME_LIMIT, type Failure, type Happening, type Taking } from './taking.ts';

export interface Search {
	readonly taking: Readonly<Ref<Taking>>;
	/** Seconds since it began. */
	readonly seconds: Readonly<Ref<number>>;
	begin(): void;
	stop(): void;
	takeNow(): void;
}

const FAILURES: Readonly<Record<number, Failure>> = { 1: 'denied', 2: 'unavailable', 3: 'timeout' };

/** Search for a position that is exact to so many metres; `taken` is called once with what was found. */
export function useSearch(capture: () => number, taken: (position: Position) => void): Search {
	const [taking, seconds] = [shallowRef<Taking>(IDLE), ref(0)];
	let listener: number | null = null;
	let clock: ReturnType<typeof setInterval> | undefined;

	function happens(happening: Happening): void {
		taking.value = next(taking.value, happening, capture());
		if (taking.value.stage !== 'searching') {
			silence();
		}
		if (taking.value.stage === 'taken') {
			taken(taking.value.position);
			taking.value = IDLE;
		}
	}

	function begin(): void {
		silence();
		happens({ kind: 'begin' });
		if (!window.isSecureContext || !('geolocation' in navigator)) {
			return happens({ kind: 'failure', failure: 'insecure' });
		}
		const begun = Date.now();
		seconds.value = 0;
		clock = setInterval(() => tick(begun), 1000);
		listener = navigator.geolocation.watchPosition(
			({ coords }) => happens({ kind: 'reading', position: positionOf(coords) }),
			({ code }) => happens({ kind: 'failure', failure: FAILURES[code] ?? 'unavailable' }),
			{ enableHighAccuracy: true, maximumAge: 0 },
		);
	}

	function tick(begun: number): void {
		seconds.value = Math.round((Date.now() - begun) / 1000);
		if (seconds.value >= TIME_LIMIT) {
			happens({ kind: 'time is over' });
		}
	}

	function silence(): void {
		clearInterval(clock);
		if (listener !== null) {
			navigator.geolocation.clearWatch(listener);
			listener = null;
		}
	}

	onScopeDispose(silence);
	useAwake(() => taking.value.stage === 'searching');
	return {
		taking: computed(() => taking.value),
		seconds: computed(() => seconds.value),
		begin,
		stop: () => happens({ kind: 'stop' }),
		takeNow: () => happens({ kind: 'take now' }),
	};
}

function positionOf({ latitude, longitude, altitude, accuracy }: GeolocationCoordinates): Position {
	return { latitude, longitude, altitude, accuracy };
}
