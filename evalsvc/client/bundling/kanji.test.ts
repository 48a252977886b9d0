// @vitest-environment node
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { tableAndBrowser } from './kanji.ts';

it('reads every sign of the table the same, but for seven that the web reads as their wide forms', () => {
	const [table, browser] = tableAndBrowser(readFileSync('node_modules/jsqr/dist/jsQR.js', 'utf8'));
	const codes = Object.keys(table)
		.map(Number)
		.filter((code) => code > 0xff);
	expect(codes.length).toBeGreaterThan(6800);
	const differing = codes.filter((code) => table[code] !== browser[code]).map((code) => code.toString(16));
	expect(differing).toEqual(['815f', '8160', '8161', '817c', '8191', '8192', '81ca']);
});
