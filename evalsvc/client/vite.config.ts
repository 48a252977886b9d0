/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

import { catalogue } from './bundling/catalogue.ts';
import { fileList } from './bundling/file_list.ts';
import { packing } from './bundling/packing.ts';

/** The bundle lies in the package's static files, from where the service serves it below /app/. */
export default defineConfig({
	base: '/app/',
	plugins: [vue(), catalogue(), fileList('sw.js'), packing()],
	build: {
		outDir: fileURLToPath(new URL('../static/app', import.meta.url)),
		emptyOutDir: true,
		target: 'es2022',
		// The policy of the pages allows no data: scripts, and inlined files would be loaded twice.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		rolldownOptions: {
			input: { index: 'index.html', sw: 'src/worker/service_worker.ts' },
			output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
		},
	},
	test: {
		environment: 'jsdom',
		setupFiles: ['src/engine/engine_in_node.ts'],
		include: ['src/**/*.test.ts', 'bundling/**/*.test.ts'],
	},
});
