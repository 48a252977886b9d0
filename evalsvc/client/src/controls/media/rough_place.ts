import type { Place } from './distance.ts';

const OLDEST = 300_000;
const LONGEST = 20_000;

/** Where the phone is, from what it knows already: near enough to order households. Null where it is refused or not known. */
export function roughPlace(): Promise<Place | null> {
	return new Promise((resolve) => {
		navigator.geolocation.getCurrentPosition(
			({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }),
			() => resolve(null),
			{ enableHighAccuracy: false, maximumAge: OLDEST, timeout: LONGEST },
		);
	});
}
