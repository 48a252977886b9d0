import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const TEXTS = /\.(css|html|js|svg|txt|wasm|webmanifest)$/;
/** Below this a packed file saves nothing that a network would notice. */
const LEAST = 1000;

/** Put packed forms beside the built files: the service sends those, and packs nothing itself. */
export function packing(): Plugin {
	let folder = '';
	return {
		name: 'evalsvc-packing',
		apply: 'build',
		configResolved(config) {
			folder = config.build.outDir;
		},
		// After all have written: whatever lies in the folder then is what will be served.
		writeBundle: { order: 'post', handler: () => pack(folder) },
	};
}

function pack(folder: string): void {
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		const contents = entry.isFile() && TEXTS.test(entry.name) ? readFileSync(path) : Buffer.alloc(0);
		if (contents.length >= LEAST) {
			writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
			writeFileSync(`${path}.br`, brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
		}
	}
}
