import type { Position } from '../../model.ts';

const LONGEST = 20_000;

/** Take the position once for a form that asks for it without a question. Null where it is refused or not to be had. */
export function positionNow(): Promise<Position | null> {
	return new Promise((resolve) => {
		if (!('geolocation' in navigator)) {
			return resolve(null);
		}
		navigator.geolocation.getCurrentPosition(
			({ coords: { latitude, longitude, altitude, accuracy } }) => resolve({ latitude, longitude, altitude, accuracy }),
			() => resolve(null),
			{ enableHighAccuracy: true, maximumAge: 0, timeout: LONGEST },
		);
	});
}
