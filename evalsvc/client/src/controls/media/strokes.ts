/** What a pen draws: points in pixels of the pad's picture, which stays the same when the phone is turned. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

export type Stroke = readonly Point[];

/** A piece of a smooth line: a curve to `end` that leans towards `towards`. */
export interface Curve {
	readonly start: Point;
	readonly towards: Point;
	readonly end: Point;
}

/** The pad on the screen, as getBoundingClientRect gives it. */
export interface Frame {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
}

/** Where on the picture a pointer is that is somewhere on the screen. */
export function onPicture(pointer: Point, frame: Frame, picture: { width: number; height: number }): Point {
	return {
		x: ((pointer.x - frame.left) / frame.width) * picture.width,
		y: ((pointer.y - frame.top) / frame.height) * picture.height,
	};
}

/** The curve that the newest point adds: from middle to middle, so that pieces join without corners. A tap is a dot. */
export function newestCurve(stroke: Stroke): Curve | null {
	const [before, corner, newest] = [stroke.at(-3), stroke.at(-2), stroke.at(-1)];
	if (newest === undefined) {
		return null;
	}
	if (corner === undefined) {
		return { start: newest, towards: newest, end: newest };
	}
	return {
		start: before === undefined ? corner : middle(before, corner),
		towards: corner,
		end: middle(corner, newest),
	};
}

/** The curves of a whole stroke, which ends where the pen left the pad. */
export function curves(stroke: Stroke): Curve[] {
	const pieces = stroke.map((_point, index) => newestCurve(stroke.slice(Math.max(0, index - 2), index + 1)));
	return [...pieces, lastCurve(stroke)].filter((piece) => piece !== null);
}

/** The straight piece from the last middle to where the pen left the pad. */
export function lastCurve(stroke: Stroke): Curve | null {
	const [corner, newest] = [stroke.at(-2), stroke.at(-1)];
	return corner && newest ? { start: middle(corner, newest), towards: newest, end: newest } : null;
}

function middle(one: Point, other: Point): Point {
	return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

/** Draw a piece with the line that the context has; a piece without length becomes a dot because lines end round. */
export function drawCurve(context: CanvasRenderingContext2D, { start, towards, end }: Curve): void {
	context.beginPath();
	context.moveTo(start.x, start.y);
	context.quadraticCurveTo(towards.x, towards.y, end.x, end.y);
	context.stroke();
}
