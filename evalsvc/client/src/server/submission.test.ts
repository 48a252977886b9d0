import { describe, expect, it } from 'vitest';

import type { AttachedFile } from '../model.ts';
import { saying, type Deed } from './small_service.ts';
import { codeOf, reply, trial, troubleOf } from './trying.ts';

const READY = 'HEAD submission';
const SEND = 'POST submission';
const now = trial();

describe('sending', () => {
	const xml = '<data>示例</data>';
	const file = (name: string, size: number): AttachedFile => ({
		name,
		type: 'image/jpeg',
		bytes: new Uint8Array(size).fill(65),
	});
	const ready = (most = 1000): Deed => ({ status: 204, headers: { 'X-OpenRosa-Accept-Content-Length': String(most) } });
	const posts = () => now.service.came.filter((each) => each.method === 'POST').map((each) => each.body.toString());

	it('asks first, then posts XML and files under their names', async () => {
		reply(now, READY, ready());
		reply(now, SEND, { status: 201 });
		const progress: [number, number][] = [];
		await now.server.submit(xml, [file('门口.jpg', 300)], { onProgress: (...told) => progress.push(told) });
		expect(now.service.came.map((each) => each.method)).toEqual(['HEAD', 'POST']);
		expect(posts()[0]).toContain('name="xml_submission_file"');
		expect(posts()[0]).toContain('name="门口.jpg"; filename="门口.jpg"');
		expect(posts()[0]).toContain(xml);
		expect(posts()[0]).not.toContain('*isIncomplete*');
		const total = new TextEncoder().encode(xml).length + 300;
		expect(progress.at(-1)).toEqual([total, total]);
		expect(now.service.came[1]?.headers['x-openrosa-version']).toBe('1.0');
	});

	it('divides what is more than the service takes at once', async () => {
		reply(now, READY, ready(500));
		reply(now, SEND, { status: 201 }, { status: 202 }, { status: 201 });
		await now.server.submit(xml, [file('a', 300), file('b', 300), file('c', 100), file('d', 400)], {});
		expect(
			posts().map((body) => ['a', 'b', 'c', 'd'].filter((name) => body.includes(`name="${name}"`)).join('')),
		).toEqual(['a', 'bc', 'd']);
		expect(posts().map((body) => body.includes('name="*isIncomplete*"\r\n\r\nyes'))).toEqual([true, true, false]);
		expect(posts().every((body) => body.includes(xml))).toBe(true);
	});

	it('sends at most 100 files in one body', async () => {
		reply(now, READY, ready(1_000_000));
		reply(now, SEND, { status: 201 }, { status: 201 });
		await now.server.submit(
			xml,
			Array.from({ length: 101 }, (_none, place) => file(`${place}.jpg`, 1)),
			{},
		);
		expect(posts().map((body) => body.split('filename=').length - 2)).toEqual([100, 1]);
	});

	it('begins nothing with a file that is larger than any body', async () => {
		reply(now, READY, ready(500));
		const error = await troubleOf(now.server.submit(xml, [file('a', 10), file('大.jpg', 500)], {}));
		expect(error.trouble).toMatchObject({ code: 'phone.file_too_large', details: { name: '大.jpg', limit: 500 } });
		expect([error.retry, posts()]).toEqual([false, []]);
	});

	it.each<[string, Deed]>([
		['200', { status: 200 }],
		['a page', { stranger: true, body: '<html/>' }],
		['a stranger with 204', { status: 204, stranger: true }],
		['a redirect', { status: 302, headers: { Location: '/elsewhere' } }],
	])('sends nothing where HEAD is answered with %s', async (_name, deed) => {
		reply(now, READY, deed);
		expect(await codeOf(now.server.submit(xml, [], {}))).toBe('phone.portal');
		expect(posts()).toEqual([]);
	});

	it.each<[string, Deed, string]>([
		['200', { status: 200 }, 'phone.portal'],
		['204', { status: 204 }, 'phone.portal'],
		['201 of a stranger', { status: 201, stranger: true }, 'phone.portal'],
		[
			'a redirect, even to a 201',
			{ status: 307, headers: { Location: '/v1/key/token/evaluations/pilot/page' } },
			'phone.portal',
		],
		['409', saying(409, 'interview.other_bytes', '不同'), 'phone.conflict'],
		['413 of a proxy', { status: 413, stranger: true }, 'phone.too_large'],
		['500', { status: 500 }, 'phone.server_error'],
		['401', saying(401, 'access.token_invalid', '失效'), 'phone.token_ended'],
	])('is no success with %s', async (_name, deed, code) => {
		reply(now, READY, ready());
		reply(now, SEND, deed);
		reply(now, 'POST page', { status: 201 });
		expect(await codeOf(now.server.submit(xml, [], {}))).toBe(code);
	});

	it('ends with the first part that is refused', async () => {
		reply(now, READY, ready(500));
		reply(now, SEND, { status: 201 }, { status: 503 }, { status: 201 });
		expect(await codeOf(now.server.submit(xml, [file('a', 400), file('b', 400), file('c', 400)], {}))).toBe(
			'phone.server_error',
		);
		expect(posts()).toHaveLength(2);
	});

	it('is offline when the connection breaks, and late when nothing comes back', async () => {
		reply(now, READY, ready(), ready());
		reply(
			now,
			SEND,
			(_response, socket) => socket.destroy(),
			() => undefined,
		);
		expect(await codeOf(now.server.submit(xml, [], {}))).toBe('phone.offline');
		expect(await codeOf(now.server.submit(xml, [], {}))).toBe('phone.timeout');
	});

	it('is ended by whoever began it, with the reason given', async () => {
		const ending = new AbortController();
		reply(now, READY, ready());
		reply(now, SEND, () => ending.abort(new Error('stopped')));
		await expect(now.server.submit(xml, [], { signal: ending.signal })).rejects.toThrow('stopped');
		await expect(now.server.submit(xml, [], { signal: ending.signal })).rejects.toThrow('stopped');
		expect(now.service.came).toHaveLength(2);
	});
});
