import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import type { Plugin, Rolldown } from 'vite';

const PLACE = '__FILE_LIST__';

interface Listed {
	readonly name: string;
	readonly contents: string | Uint8Array;
}

/** Write into the service worker which files the application consists of, and a name for just this set of them. */
export function fileList(worker: string): Plugin {
	let publicFolder = '';
	return {
		name: 'evalsvc-file-list',
		enforce: 'post',
		configResolved(config) {
			publicFolder = config.publicDir;
		},
		generateBundle(_options, bundle) {
			const script = bundle[worker];
			if (script?.type !== 'chunk' || !script.code.includes(PLACE)) {
				throw new Error(`${worker} is not among the built files, or has no place for the list of files`);
			}
			if (script.imports.length > 0) {
				throw new Error(`${worker} is run as one file and cannot import ${script.imports.join(', ')}`);
			}
			const built = Object.values(bundle)
				.filter((file) => file.fileName !== worker)
				.map(listed);
			script.code = script.code.replace(PLACE, () => JSON.stringify(named([...built, ...filesOf(publicFolder)])));
		},
	};
}

function listed(file: Rolldown.OutputChunk | Rolldown.OutputAsset): Listed {
	return { name: file.fileName, contents: file.type === 'chunk' ? file.code : file.source };
}

/** Files that lie beside the first page as they are. */
function filesOf(folder: string): Listed[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.map((path) => ({ name: relative(folder, path).split(sep).join('/'), contents: readFileSync(path) }));
}

function named(files: readonly Listed[]): { version: string; files: string[] } {
	const sorted = [...files].sort((one, other) => (one.name < other.name ? -1 : 1));
	const hash = createHash('sha256');
	for (const { name, contents } of sorted) {
		hash.update(`${name}\n${createHash('sha256').update(contents).digest('hex')}\n`);
	}
	return { version: hash.digest('hex').slice(0, 16), files: sorted.map(({ name }) => name) };
}
