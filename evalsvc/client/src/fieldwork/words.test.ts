// @vitest-environment node
/* Every trouble that these two rooms know has its sentences, and every sentence of theirs its trouble. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { catalogue } from '../words/catalogue.ts';

function read(path: string): string {
	return readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
}

function sourcesOf(room: string): string {
	const names = readdirSync(fileURLToPath(new URL(room, import.meta.url)));
	return names
		.filter((name) => !name.endsWith('.test.ts'))
		.map((name) => read(`${room}/${name}`))
		.join('\n');
}

function found(pattern: RegExp, text: string): Set<string> {
	return new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

test('codes and sentences agree', () => {
	const known = found(/'(phone\.[a-z_.]+)'/g, sourcesOf('../vault') + sourcesOf('.'));
	const files = ['vault', 'fieldwork'].map((part) => read(`../../../translations/codes/phone_${part}.toml`));
	const said = found(/^\["(phone\.[a-z_.]+)"\]$/gm, files.join('\n'));
	expect(known.size).toBeGreaterThan(said.size - 1);
	expect([...known].filter((code) => !catalogue.has(code))).toEqual([]);
	expect([...said].filter((code) => !known.has(code))).toEqual([]);
});
