/**
 * Encode what a canvas shows, at once. Browsers hold `toBlob` back, after pen input for about a second; whoever closes the page
 * in that time would lose the picture without a word. Throws where the browser cannot make this kind, or the canvas is too large.
 */
export function encoded(
	canvas: HTMLCanvasElement,
	type: 'image/png' | 'image/jpeg',
	quality?: number,
): Uint8Array<ArrayBuffer> {
	const [head, body] = canvas.toDataURL(type, quality).split(',');
	if (head !== `data:${type};base64` || !body) {
		throw new Error(`the browser made no ${type}`);
	}
	return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

/** A canvas of this size with a white ground. Throws where the browser has no memory for it. */
export function whiteCanvas(
	width: number,
	height: number,
): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
	const canvas = document.createElement('canvas');
	canvas.width = width;
	canvas.height = height;
	const context = canvas.getContext('2d');
	if (context === null) {
		throw new Error('no memory for a canvas');
	}
	context.fillStyle = '#fff';
	context.fillRect(0, 0, width, height);
	return { canvas, context };
}
