// @vitest-environment node
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';

import { build } from 'vite';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { catalogue } from './catalogue.ts';
import { fileList } from './file_list.ts';
import { packing } from './packing.ts';

interface FileList {
	readonly version: string;
	readonly files: readonly string[];
}

const WORKER = 'self.list = __FILE_LIST__;';
let root: string;

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'bundling-'));
	mkdirSync(join(root, 'public', 'icons'), { recursive: true });
	write('index.html', '<!doctype html><script type="module" src="/main.ts"></script>');
	write('words.toml', '["phone.hello"]\nzh = "您好"\nen = "Hello"\n');
	write(
		'main.ts',
		`import words from './words.toml'; document.title = words['phone.hello'].zh + '${'x'.repeat(2000)}';`,
	);
	write('worker.ts', WORKER);
	write('public/icons/mark.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
});

afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, contents: string): void {
	writeFileSync(join(root, name), contents);
}

function built(name: string): Buffer {
	return readFileSync(join(root, 'dist', name));
}

async function bundle(): Promise<FileList> {
	await build({
		root,
		base: '/app/',
		configFile: false,
		logLevel: 'silent',
		plugins: [catalogue(), fileList('sw.js'), packing()],
		build: {
			outDir: join(root, 'dist'),
			emptyOutDir: true,
			modulePreload: { polyfill: false },
			rolldownOptions: {
				input: { index: join(root, 'index.html'), sw: join(root, 'worker.ts') },
				output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
			},
		},
	});
	const self = { list: { version: '', files: [] } as FileList };
	new Function('self', built('sw.js').toString())(self);
	return self.list;
}

it('lists every file that is served but the worker itself, those of the public folder too', async () => {
	const { files } = await bundle();
	const served = readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !/\.(gz|br)$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name).slice(join(root, 'dist/').length));
	expect([...files, 'sw.js'].sort()).toEqual(served.sort());
	expect(files).toContain('icons/mark.svg');
});

it('names a set of files by their contents: the same again has the same name, a changed icon another', async () => {
	const first = await bundle();
	expect(first.version).toMatch(/^[0-9a-f]{16}$/);
	expect(await bundle()).toEqual(first);
	write('public/icons/mark.svg', '<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>');
	const second = await bundle();
	expect(second.files).toEqual(first.files);
	expect(second.version).not.toBe(first.version);
});

it('refuses a worker that shares code with pages, for it is run as one file', async () => {
	write('shared.ts', 'export const shared = () => document.title;');
	write('main.ts', "import { shared } from './shared.ts'; shared();");
	write('worker.ts', `import { shared } from './shared.ts'; ${WORKER} shared();`);
	await expect(bundle()).rejects.toThrow('cannot import');
});

it('puts packed forms beside what is worth it, and reads the catalogue', async () => {
	const { files } = await bundle();
	const script = files.find((name) => name.endsWith('.js')) ?? '';
	expect(built(script).toString()).toContain('您好');
	expect(gunzipSync(built(`${script}.gz`))).toEqual(built(script));
	expect(brotliDecompressSync(built(`${script}.br`))).toEqual(built(script));
	expect(readdirSync(join(root, 'dist'))).not.toContain('index.html.gz');
});
