import { expect, it } from 'vitest';

import catalogue from '../../../../translations/codes/phone_media.toml';

const sources = import.meta.glob<string>(['./*.vue', './*.ts', '!./*.test.ts'], {
	eager: true,
	query: '?raw',
	import: 'default',
});
const text = Object.values(sources).join('\n');
const codes = Object.keys(catalogue);

/** Codes as they stand in the sources; where a part is put in (`${…}`), any name may stand. */
const spoken = [
	...text.matchAll(/phone\.[a-z_]+\.[a-z_]+|phone\.(?:[a-z_]+|\$\{[^}]+\})\.(?:\$\{[^}]+\}|[a-z_]+)/g),
].map(([code]) => new RegExp(`^${code.replace(/\$\{[^}]+\}/g, '[a-z_]+').replaceAll('.', '\\.')}$`));

it('has words for every code of the controls', () => {
	expect(spoken.length).toBeGreaterThan(80);
	expect(spoken.filter((code) => !codes.some((known) => code.test(known)))).toEqual([]);
});

it('has no words that nobody says', () => {
	expect(codes.filter((known) => !spoken.some((code) => code.test(known)))).toEqual([]);
});
