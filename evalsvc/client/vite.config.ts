/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

import { catalogue } from './bundling/catalogue.ts';
import { fileList } from './bundling/file_list.ts';
import { kanjiByBrowser } from './bundling/kanji.ts';
import { leanEngine } from './bundling/lean_engine.ts';
import { packing } from './bundling/packing.ts';
import { wasmFiles } from './bundling/wasm_files.ts';

/**
 * Few files: each is a way to the service and back on a slow network, and all are stored at the first visit anyway. What
 * stays the same from version to version lies apart, so that browsers take it from their own cache.
 */
const GROUPS = [
	{
		name: 'engine',
		test: /node_modules\/(@getodk|solid-js|temporal|papaparse|mdast|micromark|bin-packer)/,
		priority: 3,
	},
	{ name: 'libraries', test: /node_modules\/(?!jsqr)/, priority: 2 },
	{ name: 'application', test: /src\/main\.ts/, priority: 1 },
];

/** The bundle lies in the package's static files, from where the service serves it below /app/. */
export default defineConfig({
	base: '/app/',
	plugins: [
		vue({ features: { optionsAPI: false } }),
		catalogue(),
		wasmFiles(),
		leanEngine(),
		kanjiByBrowser(),
		fileList('sw.js'),
		packing(),
	],
	build: {
		outDir: fileURLToPath(new URL('../static/app', import.meta.url)),
		emptyOutDir: true,
		target: 'es2022',
		// The policy of the pages allows no data: scripts, and inlined files would be loaded twice.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		rolldownOptions: {
			input: { index: 'index.html', sw: 'src/worker/service_worker.ts' },
			output: {
				entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
				codeSplitting: { groups: GROUPS },
			},
		},
	},
	test: {
		environment: 'jsdom',
		// Files of one worker share what they import: reading the engine anew for each took half of the time.
		isolate: false,
		setupFiles: ['src/engine/engine_in_node.ts'],
		include: ['src/**/*.test.ts', 'bundling/**/*.test.ts'],
	},
});
