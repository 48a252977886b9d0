import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AttachedFile, DeviceInfo, ListedForm, Task } from '../model.ts';
import { catalogue } from '../words/catalogue.ts';
import { tell } from '../words/say.ts';
import { connect, ServerTrouble, type Server } from './server.ts';
import { saying, smallService, type Deed, type SmallService } from './small_service.ts';

/** The page that the tests run in; Vitest gives it to them. */
declare const jsdom: { reconfigure(to: { url: string }): void; window: { _origin: string } };

const READY = 'HEAD submission';
const SEND = 'POST submission';
const FORMS = 'GET formList?listAllVersions=true';
let service: SmallService;
let server: Server;

beforeEach(async () => {
	service = await smallService();
	// The application is served by the service itself: one origin.
	jsdom.reconfigure({ url: `${service.origin}/app/` });
	jsdom.window._origin = service.origin;
	server = connect(service.address, 300);
});

afterEach(() => service.end());

function reply(asked: string, ...deeds: Deed[]): void {
	service.replies.set(asked, deeds);
}

/** Return the trouble that something ends with; its sentences are there in both languages. */
async function troubleOf(asked: Promise<unknown>): Promise<ServerTrouble> {
	const error = await asked.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ServerTrouble)) {
		throw new Error(`no trouble but ${String(error)}`);
	}
	expect(catalogue.has(error.trouble.code), error.trouble.code).toBe(true);
	expect(tell(error.trouble)).not.toContain('—');
	return error;
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
	return (await troubleOf(asked)).trouble.code;
}

const DEVICE: DeviceInfo = {
	person: { id: 'p1', name: '示例调查员' },
	evaluation: { id: 'e1', title: '示例项目' },
	server_time: '2026-03-01T08:00:00Z',
	token_expires_at: '2026-06-01T08:00:00Z',
	unsent_key: { id: 'k1', spki: 'AAAA' },
	settings: { geofence_metres: 1000, photo_pixels: 1600, keep_exif: false },
};
const TASK: Task = {
	assignment_id: 'a1',
	unit_id: '示例户 001',
	county: '示例县',
	village: '示例村',
	stratum: '一般农户',
	form_id: 'household',
	version: '1',
	unannounced: null,
	disposition: null,
	received: 0,
	position: { latitude: 26.1, longitude: 118.2 },
	prior: [{ column: 'registered', label: { zh: '是否建档', en: 'Registered' }, value: '否' }],
	filled: { unit_id: '示例户 001' },
};
const json = (value: unknown) => ({ body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } });
const md5 = (bytes: string | Uint8Array) => `md5:${createHash('md5').update(bytes).digest('hex')}`;
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an address', () => {
	it.each([
		'',
		'household',
		'https://example.org/',
		'ftp://example.org/v1/key/t/evaluations/e',
		'https://a@example.org/v1/key/t/evaluations/e',
		'https://example.org/v1/key/t/evaluations/e?x=1',
	])('%s is none of a service', (address) => {
		expect(() => connect(address)).toThrow(ServerTrouble);
	});

	it('is taken with what a person leaves around it', async () => {
		reply('GET device', json(DEVICE));
		expect(await connect(` ${service.address}/ `).device()).toEqual(DEVICE);
	});
});

describe('answers in JSON', () => {
	it('are returned when they have their shape', async () => {
		reply('GET device', json(DEVICE));
		reply('GET assignments', json({ assignments: [TASK, { ...TASK, position: null, unannounced: true }] }));
		expect(await server.device()).toEqual(DEVICE);
		expect((await server.tasks()).map((task) => task.position)).toEqual([TASK.position, null]);
		expect(service.came[0]?.headers).toMatchObject({ 'x-openrosa-version': '1.0', 'accept-language': 'zh' });
	});

	it.each<[string, unknown]>([
		['no list', { assignments: null }],
		['a household without a number', { assignments: [{ ...TASK, unit_id: '' }] }],
		['a place that is none', { assignments: [{ ...TASK, position: { latitude: 126, longitude: 18 } }] }],
		['a count below nothing', { assignments: [{ ...TASK, received: -1 }] }],
		['facts without words', { assignments: [{ ...TASK, prior: [{ column: 'a', label: '甲', value: '1' }] }] }],
	])('are not believed with %s', async (_name, value) => {
		reply('GET assignments', json(value));
		expect(await codeOf(server.tasks())).toBe('phone.unexpected_answer');
	});

	it.each(['', '{"person":', 'null', '\uFFFF'])('are not believed as %j', async (body) => {
		reply('GET device', { body });
		expect(await codeOf(server.device())).toBe('phone.unexpected_answer');
	});

	it('are not believed with a time that is none', async () => {
		reply('GET device', json({ ...DEVICE, server_time: 'yesterday' }));
		expect(await codeOf(server.device())).toBe('phone.unexpected_answer');
	});
});

describe('what is no answer of the service', () => {
	it('a page of a hotspot', async () => {
		reply('GET device', { stranger: true, body: '<html>Wi-Fi</html>' });
		const error = await troubleOf(server.device());
		expect([error.trouble.code, error.retry]).toEqual(['phone.portal', true]);
	});

	it('JSON of a stranger', async () => {
		reply('GET device', { ...json(DEVICE), stranger: true });
		expect(await codeOf(server.device())).toBe('phone.portal');
	});

	it.each([302, 307])('a redirect with %i, which is not followed', async (status) => {
		reply('GET device', { status, headers: { Location: `${service.address}/assignments` } });
		expect(await codeOf(server.device())).toBe('phone.portal');
		expect(service.came).toHaveLength(1);
	});

	it.each([401, 403, 404, 511])('a refusal with %i that the service has not said', async (status) => {
		reply('GET device', { status, stranger: true });
		expect(await codeOf(server.device())).toBe('phone.portal');
	});

	it('a proxy that has lost the service', async () => {
		reply('GET device', { status: 502, stranger: true, headers: { 'Retry-After': '7' } });
		const error = await troubleOf(server.device());
		expect([error.trouble.code, error.retry, error.retryAfter]).toEqual(['phone.server_error', true, 7]);
	});

	it('no server at all', async () => {
		const gone = await smallService();
		await gone.end();
		const error = await troubleOf(connect(gone.address).device());
		expect([error.trouble.code, error.retry]).toEqual(['phone.offline', true]);
	});

	it('a connection that breaks in the middle of an answer', async () => {
		reply('GET device', (response, socket) => {
			response.writeHead(200, { 'X-OpenRosa-Version': '1.0', 'Content-Length': '1000' });
			response.write('{');
			setTimeout(() => socket.destroy(), 20);
		});
		expect(await codeOf(server.device())).toBe('phone.offline');
	});

	it('silence', async () => {
		reply('GET device', () => undefined);
		expect(await codeOf(server.device())).toBe('phone.timeout');
	});

	it('silence in the middle of an answer', async () => {
		reply('GET device', (response) => {
			response.writeHead(200, { 'X-OpenRosa-Version': '1.0' });
			response.write('{');
		});
		expect(await codeOf(server.device())).toBe('phone.timeout');
	});

	it('but slow answers are waited for as long as something comes', async () => {
		reply('GET device', (response) => {
			response.writeHead(200, { 'X-OpenRosa-Version': '1.0' });
			const text = JSON.stringify(DEVICE);
			const parts = [0, 1, 2, 3].map((each) => text.slice(each * 80, each === 3 ? undefined : each * 80 + 80));
			parts.forEach((part, place) => setTimeout(() => response.write(part), place * 150));
			setTimeout(() => response.end(), 600);
		});
		expect(await server.device()).toEqual(DEVICE);
	});
});

describe('refusals of the service', () => {
	it.each([
		[401, 'access.token_invalid', 'phone.token_ended', false],
		[403, 'interview.not_assigned_to_you', 'phone.not_allowed', false],
		[404, 'evaluation.unknown', 'phone.not_found', false],
		[409, 'interview.other_bytes', 'phone.conflict', false],
		[413, 'interview.too_large', 'phone.too_large', false],
		[422, 'interview.unreadable', 'phone.refused', false],
		[500, 'http.500', 'phone.server_error', true],
	])('%i with %s are %s', async (status, code, expected, retry) => {
		reply('GET device', saying(status, code, '甲 &amp; 乙'));
		const error = await troubleOf(server.device());
		expect(error.trouble).toEqual({ code: expected, details: { status, code }, said: '甲 & 乙' });
		expect(error.retry).toBe(retry);
	});

	it('keep the time that a busy service asks for, and no other text there', async () => {
		const busy = saying(503, 'interview.busy', '忙');
		reply(
			'GET device',
			{ ...busy, headers: { ...busy.headers, 'Retry-After': '5' } },
			{ ...busy, headers: { 'Retry-After': 'soon' } },
		);
		expect((await troubleOf(server.device())).retryAfter).toBe(5);
		expect((await troubleOf(server.device())).retryAfter).toBeNull();
	});
});

describe('forms', () => {
	const xml = '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>示例</h:title></h:head></h:html>';
	const picture = new Uint8Array([0x89, 0x50, 0, 255]);
	const list = (given: Partial<Record<string, string>> = {}) => {
		const fields: Partial<Record<string, string>> = {
			formID: 'household',
			name: '入户问卷',
			version: '1',
			hash: md5(xml),
			downloadUrl: `${service.address}/form.xml?formID=household&amp;version=1`,
			...given,
		};
		const row = Object.entries(fields).map(([name, value]) => `<${name}>${value ?? ''}</${name}>`);
		return { body: `<xforms xmlns="http://openrosa.org/xforms/xformsList"><xform>${row.join('')}</xform></xforms>` };
	};
	const manifest = (name = '地图.png', hash = md5(picture)) => ({
		body:
			'<manifest xmlns="http://openrosa.org/xforms/xformsManifest"><mediaFile>' +
			`<filename>${name}</filename><hash>${hash}</hash><downloadUrl>${service.address}/files/1/a</downloadUrl>` +
			'</mediaFile></manifest>',
	});
	const listed = (): ListedForm => ({
		formId: 'household',
		version: '1',
		name: '入户问卷',
		hash: md5(xml),
		downloadUrl: `${service.address}/form.xml?formID=household&version=1`,
		manifestUrl: `${service.address}/manifest`,
	});

	it('are listed', async () => {
		reply(FORMS, list(), list({ manifestUrl: `${service.address}/manifest` }));
		expect(await server.forms()).toEqual([{ ...listed(), manifestUrl: null }]);
		expect(await server.forms()).toEqual([listed()]);
	});

	it.each([
		['an address elsewhere', { downloadUrl: 'https://example.org/form.xml' }],
		['files elsewhere', { manifestUrl: 'https://example.org/manifest' }],
		['a script for an address', { downloadUrl: 'javascript:alert(1)' }],
		['no hash', { hash: 'md5:abc' }],
		['no name of the form', { formID: '' }],
	])('are not believed with %s', async (_name, given) => {
		reply(FORMS, list(given));
		expect(await codeOf(server.forms())).toBe('phone.unexpected_answer');
	});

	it.each(['<xforms', '<html/>', ''])('are not believed as %j', async (body) => {
		reply(FORMS, { body });
		expect(await codeOf(server.forms())).toBe('phone.unexpected_answer');
	});

	it('come with their files, bit for bit', async () => {
		reply('GET form.xml?formID=household&version=1', { body: xml });
		reply('GET manifest', manifest());
		reply('GET files/1/a', { body: picture, headers: { 'Content-Type': 'image/png' } });
		const form = await server.form(listed());
		const blob = form.media.get('地图.png');
		expect([form.xml, form.media.size, blob?.type, blob?.size]).toEqual([xml, 1, 'image/png', 4]);
	});

	it.each([
		['a form that is another', 'other', manifest, picture],
		['a file that is another', xml, manifest, new Uint8Array([1])],
		['a file named out of its folder', xml, () => manifest('../地图.png'), picture],
	])('are not believed with %s', async (_name, body, files, bytes) => {
		reply('GET form.xml?formID=household&version=1', { body });
		reply('GET manifest', files());
		reply('GET files/1/a', { body: bytes });
		expect(await codeOf(server.form(listed()))).toBe('phone.unexpected_answer');
	});
});

describe('returned interviews', () => {
	const xml = '<data>示例</data>';
	const photo = new Uint8Array([255, 216, 255]);
	const file = () => ({
		name: '门口.jpg',
		sha256: sha256(photo),
		size: 3,
		content_type: 'image/jpeg',
		url: `${service.address}/r/file`,
	});
	const one = () => ({
		instance_id: 'uuid:1',
		root_instance_id: 'uuid:1',
		form_id: 'household',
		version: '1',
		about: 'household',
		unit_id: '示例户 001',
		sha256: sha256(xml),
		returned_at: '2026-03-01T08:00:00.123456+00:00',
		words: '请更正',
		comments: [{ path: '/data/a', question: '几口人', words: '再问一遍' }],
		complaints: [{ path: '', message: '矛盾', severity: 'error' }],
		url: `${service.address}/r/xml`,
		files: [file()],
	});

	it('come with their XML and files, bit for bit', async () => {
		reply('GET returned', json({ returned: [one()] }));
		reply('GET r/xml', { body: xml });
		reply('GET r/file', { body: photo });
		expect(await server.returned()).toEqual([one()]);
		expect(await server.returnedXml(one())).toBe(xml);
		expect(await server.returnedFile(file())).toEqual({ name: '门口.jpg', type: 'image/jpeg', bytes: photo });
	});

	it('are not believed with other bytes or addresses', async () => {
		reply('GET r/xml', { body: 'x' });
		reply('GET r/file', { body: 'x' });
		reply('GET returned', json({ returned: [{ ...one(), url: 'https://example.org/' }] }));
		expect(await codeOf(server.returnedXml(one()))).toBe('phone.unexpected_answer');
		expect(await codeOf(server.returnedFile(file()))).toBe('phone.unexpected_answer');
		expect(await codeOf(server.returned())).toBe('phone.unexpected_answer');
	});
});

describe('receipts', () => {
	const asked = 'GET receipts/uuid%3A1';
	const receipt = {
		instance_id: 'uuid:1',
		sha256: sha256('x'),
		received_at: '2026-03-01T08:00:00Z',
		files: [],
		missing: ['a.jpg'],
	};

	it('are what the service holds, or null where it has nothing', async () => {
		reply(asked, json(receipt), saying(404, 'interview.not_received', '没有'));
		expect(await server.receipt('uuid:1')).toEqual(receipt);
		expect(await server.receipt('uuid:1')).toBeNull();
	});

	it('are not missing where something else is, and not those of another', async () => {
		reply(asked, saying(404, 'evaluation.unknown', '没有'), json({ ...receipt, instance_id: 'uuid:2' }), {
			status: 404,
			stranger: true,
		});
		expect(await codeOf(server.receipt('uuid:1'))).toBe('phone.not_found');
		expect(await codeOf(server.receipt('uuid:1'))).toBe('phone.unexpected_answer');
		expect(await codeOf(server.receipt('uuid:1'))).toBe('phone.portal');
	});
});

describe('sending', () => {
	const xml = '<data>示例</data>';
	const file = (name: string, size: number): AttachedFile => ({
		name,
		type: 'image/jpeg',
		bytes: new Uint8Array(size).fill(65),
	});
	const ready = (most = 1000): Deed => ({ status: 204, headers: { 'X-OpenRosa-Accept-Content-Length': String(most) } });
	const posts = () => service.came.filter((each) => each.method === 'POST').map((each) => each.body.toString());

	it('asks first, then posts XML and files under their names', async () => {
		reply(READY, ready());
		reply(SEND, { status: 201 });
		const progress: [number, number][] = [];
		await server.submit(xml, [file('门口.jpg', 300)], { onProgress: (...told) => progress.push(told) });
		expect(service.came.map((each) => each.method)).toEqual(['HEAD', 'POST']);
		expect(posts()[0]).toContain('name="xml_submission_file"');
		expect(posts()[0]).toContain('name="门口.jpg"; filename="门口.jpg"');
		expect(posts()[0]).toContain(xml);
		expect(posts()[0]).not.toContain('*isIncomplete*');
		const total = new TextEncoder().encode(xml).length + 300;
		expect(progress.at(-1)).toEqual([total, total]);
		expect(service.came[1]?.headers['x-openrosa-version']).toBe('1.0');
	});

	it('divides what is more than the service takes at once', async () => {
		reply(READY, ready(500));
		reply(SEND, { status: 201 }, { status: 202 }, { status: 201 });
		await server.submit(xml, [file('a', 300), file('b', 300), file('c', 100), file('d', 400)], {});
		expect(
			posts().map((body) => ['a', 'b', 'c', 'd'].filter((name) => body.includes(`name="${name}"`)).join('')),
		).toEqual(['a', 'bc', 'd']);
		expect(posts().map((body) => body.includes('name="*isIncomplete*"\r\n\r\nyes'))).toEqual([true, true, false]);
		expect(posts().every((body) => body.includes(xml))).toBe(true);
	});

	it('sends at most 100 files in one body', async () => {
		reply(READY, ready(1_000_000));
		reply(SEND, { status: 201 }, { status: 201 });
		await server.submit(
			xml,
			Array.from({ length: 101 }, (_none, place) => file(`${place}.jpg`, 1)),
			{},
		);
		expect(posts().map((body) => body.split('filename=').length - 2)).toEqual([100, 1]);
	});

	it('begins nothing with a file that is larger than any body', async () => {
		reply(READY, ready(500));
		const error = await troubleOf(server.submit(xml, [file('a', 10), file('大.jpg', 500)], {}));
		expect(error.trouble).toMatchObject({ code: 'phone.file_too_large', details: { name: '大.jpg', limit: 500 } });
		expect([error.retry, posts()]).toEqual([false, []]);
	});

	it.each<[string, Deed]>([
		['200', { status: 200 }],
		['a page', { stranger: true, body: '<html/>' }],
		['a stranger with 204', { status: 204, stranger: true }],
		['a redirect', { status: 302, headers: { Location: '/elsewhere' } }],
	])('sends nothing where HEAD is answered with %s', async (_name, deed) => {
		reply(READY, deed);
		expect(await codeOf(server.submit(xml, [], {}))).toBe('phone.portal');
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
		reply(READY, ready());
		reply(SEND, deed);
		reply('POST page', { status: 201 });
		expect(await codeOf(server.submit(xml, [], {}))).toBe(code);
	});

	it('ends with the first part that is refused', async () => {
		reply(READY, ready(500));
		reply(SEND, { status: 201 }, { status: 503 }, { status: 201 });
		expect(await codeOf(server.submit(xml, [file('a', 400), file('b', 400), file('c', 400)], {}))).toBe(
			'phone.server_error',
		);
		expect(posts()).toHaveLength(2);
	});

	it('is offline when the connection breaks, and late when nothing comes back', async () => {
		reply(READY, ready(), ready());
		reply(
			SEND,
			(_response, socket) => socket.destroy(),
			() => undefined,
		);
		expect(await codeOf(server.submit(xml, [], {}))).toBe('phone.offline');
		expect(await codeOf(server.submit(xml, [], {}))).toBe('phone.timeout');
	});

	it('is ended by whoever began it, with the reason given', async () => {
		const ending = new AbortController();
		reply(READY, ready());
		reply(SEND, () => ending.abort(new Error('stopped')));
		await expect(server.submit(xml, [], { signal: ending.signal })).rejects.toThrow('stopped');
		await expect(server.submit(xml, [], { signal: ending.signal })).rejects.toThrow('stopped');
		expect(service.came).toHaveLength(2);
	});
});
