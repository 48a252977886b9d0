import { createHash } from 'node:crypto';

import type { Plugin } from 'vite';

const PLACE = '__FILE_LIST__';

/** Write into the service worker which files the application consists of, and a name for just this set of them. */
export function fileList(worker: string): Plugin {
	return {
		name: 'evalsvc-file-list',
		enforce: 'post',
		generateBundle(_options, bundle) {
			const script = bundle[worker];
			if (script?.type !== 'chunk') {
				throw new Error(`${worker} is not among the built files`);
			}
			const others = Object.values(bundle).filter((file) => file.fileName !== worker);
			const names = others.map((file) => file.fileName).sort();
			const hash = createHash('sha256');
			for (const file of others.sort((one, other) => (one.fileName < other.fileName ? -1 : 1))) {
				hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
			}
			const list = { version: hash.digest('hex').slice(0, 16), files: names };
			if (!script.code.includes(PLACE)) {
				throw new Error(`${worker} has no place for the list of files`);
			}
			script.code = script.code.replace(PLACE, JSON.stringify(list));
		},
	};
}
