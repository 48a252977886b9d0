import { describe, expect, it } from 'vitest';

import type { ListedForm } from '../model.ts';
import { saying } from './small_service.ts';
import { codeOf, json, md5, reply, sha256, trial } from './trying.ts';

const FORMS = 'GET formList?listAllVersions=true';
const now = trial();

describe('forms', () => {
	const xml = '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>示例</h:title></h:head></h:html>';
	const picture = new Uint8Array([0x89, 0x50, 0, 255]);
	const list = (given: Partial<Record<string, string>> = {}) => {
		const fields: Partial<Record<string, string>> = {
			formID: 'household',
			name: '入户问卷',
			version: '1',
			hash: md5(xml),
			downloadUrl: `${now.service.address}/form.xml?formID=household&amp;version=1`,
			...given,
		};
		const row = Object.entries(fields).map(([name, value]) => `<${name}>${value ?? ''}</${name}>`);
		return { body: `<xforms xmlns="http://openrosa.org/xforms/xformsList"><xform>${row.join('')}</xform></xforms>` };
	};
	const manifest = (name = '地图.png', hash = md5(picture)) => ({
		body:
			'<manifest xmlns="http://openrosa.org/xforms/xformsManifest"><mediaFile>' +
			`<filename>${name}</filename><hash>${hash}</hash><downloadUrl>${now.service.address}/files/1/a</downloadUrl>` +
			'</mediaFile></manifest>',
	});
	const listed = (): ListedForm => ({
		formId: 'household',
		version: '1',
		name: '入户问卷',
		hash: md5(xml),
		downloadUrl: `${now.service.address}/form.xml?formID=household&version=1`,
		manifestUrl: `${now.service.address}/manifest`,
	});

	it('are listed', async () => {
		reply(now, FORMS, list(), list({ manifestUrl: `${now.service.address}/manifest` }));
		expect(await now.server.forms()).toEqual([{ ...listed(), manifestUrl: null }]);
		expect(await now.server.forms()).toEqual([listed()]);
	});

	it.each([
		['an address elsewhere', { downloadUrl: 'https://example.org/form.xml' }],
		['files elsewhere', { manifestUrl: 'https://example.org/manifest' }],
		['a script for an address', { downloadUrl: 'javascript:alert(1)' }],
		['no hash', { hash: 'md5:abc' }],
		['no name of the form', { formID: '' }],
	])('are not believed with %s', async (_name, given) => {
		reply(now, FORMS, list(given));
		expect(await codeOf(now.server.forms())).toBe('phone.unexpected_answer');
	});

	it.each(['<xforms', '<html/>', ''])('are not believed as %j', async (body) => {
		reply(now, FORMS, { body });
		expect(await codeOf(now.server.forms())).toBe('phone.unexpected_answer');
	});

	it('come with their files, bit for bit', async () => {
		reply(now, 'GET form.xml?formID=household&version=1', { body: xml });
		reply(now, 'GET manifest', manifest());
		reply(now, 'GET files/1/a', { body: picture, headers: { 'Content-Type': 'image/png' } });
		const form = await now.server.form(listed());
		const blob = form.media.get('地图.png');
		expect([form.xml, form.media.size, blob?.type, blob?.size]).toEqual([xml, 1, 'image/png', 4]);
	});

	it.each([
		['a form that is another', 'other', manifest, picture],
		['a file that is another', xml, manifest, new Uint8Array([1])],
		['a file named out of its folder', xml, () => manifest('../地图.png'), picture],
	])('are not believed with %s', async (_name, body, files, bytes) => {
		reply(now, 'GET form.xml?formID=household&version=1', { body });
		reply(now, 'GET manifest', files());
		reply(now, 'GET files/1/a', { body: bytes });
		expect(await codeOf(now.server.form(listed()))).toBe('phone.unexpected_answer');
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
		url: `${now.service.address}/r/file`,
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
		url: `${now.service.address}/r/xml`,
		files: [file()],
	});

	it('come with their XML and files, bit for bit', async () => {
		reply(now, 'GET returned', json({ returned: [one()] }));
		reply(now, 'GET r/xml', { body: xml });
		reply(now, 'GET r/file', { body: photo });
		expect(await now.server.returned()).toEqual([one()]);
		expect(await now.server.returnedXml(one())).toBe(xml);
		expect(await now.server.returnedFile(file())).toEqual({ name: '门口.jpg', type: 'image/jpeg', bytes: photo });
	});

	it('are not believed with other bytes or addresses', async () => {
		reply(now, 'GET r/xml', { body: 'x' });
		reply(now, 'GET r/file', { body: 'x' });
		reply(now, 'GET returned', json({ returned: [{ ...one(), url: 'https://example.org/' }] }));
		expect(await codeOf(now.server.returnedXml(one()))).toBe('phone.unexpected_answer');
		expect(await codeOf(now.server.returnedFile(file()))).toBe('phone.unexpected_answer');
		expect(await codeOf(now.server.returned())).toBe('phone.unexpected_answer');
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
		reply(now, asked, json(receipt), saying(404, 'interview.not_received', '没有'));
		expect(await now.server.receipt('uuid:1')).toEqual(receipt);
		expect(await now.server.receipt('uuid:1')).toBeNull();
	});

	it('are not missing where something else is, and not those of another', async () => {
		reply(now, asked, saying(404, 'evaluation.unknown', '没有'), json({ ...receipt, instance_id: 'uuid:2' }), {
			status: 404,
			stranger: true,
		});
		expect(await codeOf(now.server.receipt('uuid:1'))).toBe('phone.not_found');
		expect(await codeOf(now.server.receipt('uuid:1'))).toBe('phone.unexpected_answer');
		expect(await codeOf(now.server.receipt('uuid:1'))).toBe('phone.portal');
	});
});
