export interface Place {
	readonly latitude: number;
	readonly longitude: number;
}

/** Mean radius of the earth in metres (IUGG). */
const EARTH_RADIUS = 6_371_008.8;

/**
 * Metres between two places given in degrees, on a sphere (haversine; R. W. Sinnott, "Virtues of the Haversine", Sky and
 * Telescope 68, 1984, p. 159). Within 0.6 % of the distance on the ellipsoid, which is finer than any phone's position.
 */
export function distance(one: Place, other: Place): number {
	const north = radians(other.latitude - one.latitude);
	const east = radians(other.longitude - one.longitude);
	const shrinking = Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude));
	const haversine = Math.sin(north / 2) ** 2 + shrinking * Math.sin(east / 2) ** 2;
	return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

function radians(degrees: number): number {
	return (degrees * Math.PI) / 180;
}
