import type { Plugin } from 'vite';

const TABLE = /exports\.shiftJISTable = \{[^}]*\};/;
const DECODED = `exports.shiftJISTable = new Proxy({}, {
	get: (_table, code) => new TextDecoder('shift_jis').decode(Uint8Array.of(code >> 8, code & 255)).charCodeAt(0),
});`;

/** Let the reader of QR codes ask the browser for Japanese signs, instead of carrying a table: two thirds of its size. */
export function kanjiByBrowser(): Plugin {
	return {
		name: 'evalsvc-kanji',
		transform: {
			filter: { id: /jsqr/ },
			handler(code) {
				if (!TABLE.test(code)) {
					throw new Error('jsqr has no table of Shift JIS any more: look whether bundling/kanji.ts is still needed');
				}
				return code.replace(TABLE, () => DECODED);
			},
		},
	};
}

/** The same for tests: what stands in the table, and what the browser says. */
export function tableAndBrowser(code: string): [Record<number, number>, Record<number, number>] {
	const read = (text: string) =>
		new Function('exports', `${text}; return exports.shiftJISTable;`)({}) as Record<number, number>;
	return [read(TABLE.exec(code)?.[0] ?? ''), read(DECODED)];
}
