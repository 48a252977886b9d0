import { readFileSync } from 'node:fs';

import { parse } from 'smol-toml';
import type { Plugin } from 'vite';

/** Let sources import the service's catalogue of sentences: a .toml file becomes {code: {zh, en}}. */
export function catalogue(): Plugin {
	return {
		name: 'evalsvc-catalogue',
		enforce: 'pre',
		load(id) {
			if (!id.endsWith('.toml')) {
				return null;
			}
			this.addWatchFile(id);
			return `export default ${JSON.stringify(parse(readFileSync(id, 'utf8')))};`;
		},
	};
}
