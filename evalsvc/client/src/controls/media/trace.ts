/** Lines and areas as XForms write them: `latitude longitude altitude accuracy` of each point, with semicolons between them. */
import type { Answer } from '../../engine/question.ts';
import type { Position } from '../../model.ts';
import { distance } from './distance.ts';

export type TraceKind = 'trace' | 'shape';

/** How many points a line or an area needs at least. */
export const FEWEST: Readonly<Record<TraceKind, number>> = { trace: 2, shape: 3 };

/** The points of an answer; an area's last point, which is its first once more, is left out. */
export function pointsOf(answer: Answer, kind: TraceKind): Position[] {
	const text = typeof answer === 'string' ? answer : '';
	const points = text.split(';').filter((point) => point.trim() !== '');
	const closes = kind === 'shape' && points.length > 1 && points.at(-1)?.trim() === points[0]?.trim();
	return (closes ? points.slice(0, -1) : points).map(pointOf);
}

/** The answer that these points make, null where there is none; an area is closed. Fewer points than the fewest are none that a form takes. */
export function traceOf(points: readonly Position[], kind: TraceKind): string | null {
	const [first] = points;
	if (first === undefined) {
		return null;
	}
	return (kind === 'shape' ? [...points, first] : points).map(pointText).join('; ');
}

/** Metres along a line, or around an area. */
export function lengthOf(points: readonly Position[], kind: TraceKind): number {
	const [first] = points;
	const way = kind === 'shape' && first !== undefined && points.length >= FEWEST.shape ? [...points, first] : points;
	return way.slice(1).reduce((sum, point, index) => sum + distance(way[index] ?? point, point), 0);
}

function pointOf(text: string): Position {
	const [latitude = NaN, longitude = NaN, altitude = null, accuracy = null] = text.trim().split(/\s+/).map(Number);
	return { latitude, longitude, altitude, accuracy };
}

function pointText({ latitude, longitude, altitude, accuracy }: Position): string {
	return [latitude, longitude, altitude ?? 0, accuracy ?? 0].join(' ');
}
