import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as Engine from '@getodk/xforms-engine';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { withoutBallast } from './lean_engine.ts';

const TEXT = '示例户 001';
const ALGORITHMS = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const ENCODINGS = ['base64', 'hex'] as const;
const WANTED = Object.entries(ALGORITHMS).flatMap(([name, ours]) =>
	ENCODINGS.map((encoding) => ({ name, encoding, digest: createHash(ours).update(TEXT).digest(encoding) })),
);

const code = readFileSync('node_modules/@getodk/xforms-engine/dist/index.js', 'utf8');
let folder: string;
let engine: typeof Engine;

beforeAll(async () => {
	// Tests take what lies among the packages as it stands.
	folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.engine-'));
	const path = join(folder, 'engine.mjs');
	writeFileSync(path, withoutBallast(code));
	engine = (await import(/* @vite-ignore */ path)) as typeof Engine;
});

afterAll(() => rmSync(folder, { recursive: true }));

it('still makes every digest that a form can ask for', async () => {
	const loaded = await engine.loadForm(formOf(WANTED));
	const values = loaded.createInstance().root.currentState.children.map((node) => node.currentState.instanceValue);
	expect(values.slice(0, WANTED.length)).toEqual(WANTED.map(({ digest }) => digest));
});

it('refuses an engine that is put together in another way', () => {
	expect(() => withoutBallast(code.replace('requireBlowfish());', 'requireOther());'))).toThrow('lean_engine');
	expect(() => withoutBallast(code.replaceAll('eval(', 'run('))).toThrow('lean_engine');
});

function formOf(wanted: typeof WANTED): string {
	const nodes = wanted.map((_each, index) => `<d${index}/>`).join('');
	const binds = wanted.map(
		({ name, encoding }, index) =>
			`<bind nodeset="/data/d${index}" calculate="digest('${TEXT}', '${name}', '${encoding}')"/>`,
	);
	return `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title/>
		<model><instance><data id="digests">${nodes}</data></instance>${binds.join('')}</model></h:head><h:body/></h:html>`;
}
