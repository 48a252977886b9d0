import { curves, drawCurve, lastCurve, newestCurve, type Point, type Stroke } from './strokes.ts';

/** What lies below the strokes: a picture of the canvas's size, or nothing but white. */
export type Ground = CanvasImageSource | null;

/** Strokes on a canvas: each is seen while it is drawn, and can be taken back. */
export class Drawing {
	private readonly context: CanvasRenderingContext2D;
	private readonly ground: Ground;
	private strokes: Stroke[] = [];
	private current: Point[] = [];

	constructor(
		context: CanvasRenderingContext2D,
		ground: Ground,
		line: { readonly color: string; readonly width: number },
	) {
		this.context = context;
		this.ground = ground;
		Object.assign(context, { strokeStyle: line.color, lineWidth: line.width, lineCap: 'round', lineJoin: 'round' });
		this.show();
	}

	/** How many strokes there are. */
	get count(): number {
		return this.strokes.length;
	}

	begin(point: Point): void {
		this.current = [];
		this.extend(point);
	}

	/** A pen that rests gives the same point over and over; it is kept once. */
	extend(point: Point): void {
		const before = this.current.at(-1);
		if (before?.x === point.x && before.y === point.y) {
			return;
		}
		this.current.push(point);
		this.draw(newestCurve(this.current));
	}

	end(): void {
		this.draw(lastCurve(this.current));
		this.strokes.push(this.current);
		this.current = [];
	}

	/** Take the last stroke back. */
	undo(): void {
		this.strokes.pop();
		this.show();
	}

	clear(): void {
		this.strokes = [];
		this.show();
	}

	private draw(curve: ReturnType<typeof newestCurve>): void {
		if (curve !== null) {
			drawCurve(this.context, curve);
		}
	}

	private show(): void {
		const { width, height } = this.context.canvas;
		this.context.fillStyle = '#fff';
		this.context.fillRect(0, 0, width, height);
		if (this.ground !== null) {
			this.context.drawImage(this.ground, 0, 0, width, height);
		}
		this.strokes.flatMap(curves).forEach((curve) => this.draw(curve));
	}
}
