import type { Plugin } from 'vite';

const INLINED = /"data:application\/wasm;base64,([A-Za-z0-9+/=]+)"/g;

/**
 * Take WebAssembly that a package carries as text out into files of its own: a third smaller on the way, and compiled
 * while it comes. The form engine takes addresses as well as texts.
 */
export function wasmFiles(): Plugin {
	return {
		name: 'evalsvc-wasm-files',
		apply: 'build',
		transform: {
			filter: { id: /node_modules/, code: INLINED },
			handler(code) {
				return code.replace(INLINED, (_whole, text: string) => {
					const file = this.emitFile({ type: 'asset', name: 'engine.wasm', source: Buffer.from(text, 'base64') });
					return `import.meta.ROLLUP_FILE_URL_${file}`;
				});
			},
		},
	};
}
