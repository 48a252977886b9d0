import { afterEach, beforeEach, expect, test } from 'vitest';

import { question } from '../engine/opened_for_tests.ts';
import simple from '../engine/forms/simple.xml?raw';
import type { ReturnedInterview, Task } from '../model.ts';
import { connect, type Server } from '../server/server.ts';
import { database } from '../vault/database.ts';
import { deviceInfo, enrolled, interview, troubleOf } from '../vault/samples.ts';
import type { Vault } from '../vault/vault.ts';
import { type FieldServer, fieldServer, sha256 } from './field_server.ts';
import { giveLocks } from './locks_for_tests.ts';
import { begin, correct, goOn } from './opening.ts';
import { refresh, type RefreshProgress } from './refreshing.ts';

const SIMPLE = { formId: 'simple', version: '1', xml: simple, media: { 'a.csv': '甲,乙' } };
const TASK: Task = {
	assignment_id: 'assignment-001',
	unit_id: '001',
	county: '示例县',
	village: '示例一村',
	stratum: '脱贫户',
	form_id: 'simple',
	version: '1',
	unannounced: null,
	disposition: null,
	received: 0,
	position: null,
	prior: [],
	filled: { unit_id: '001' },
};

let field: FieldServer;
let server: Server;
let vault: Vault;

beforeEach(async () => {
	giveLocks();
	field = await fieldServer();
	server = connect(field.address, 2000);
	vault = await enrolled();
	[field.tasks, field.forms] = [[TASK], [SIMPLE]];
});

afterEach(() => field.end());

function downloads(): number {
	return field.asked.filter((asked) => asked === 'GET form').length;
}

test('everything that the server says is on the phone afterwards', async () => {
	const told: RefreshProgress[] = [];
	expect(await refresh(vault, server, (progress) => told.push(progress))).toEqual({ troubles: [] });
	expect((await vault.lists.read('tasks'))?.tasks).toEqual([TASK]);
	expect((await vault.lists.read('device'))?.info.person.id).toBe('person-1');
	expect((await vault.lists.read('returned'))?.returned).toEqual([]);
	const form = await vault.forms.read('simple', '1');
	expect(form?.xml).toBe(simple);
	expect(await form?.media.get('a.csv')?.text()).toBe('甲,乙');
	expect(told.map(({ part }) => part)).toEqual(['device', 'tasks', 'forms', 'forms', 'returned']);
});

test('a form that is here is not fetched again, a changed one is', async () => {
	await refresh(vault, server);
	expect(downloads()).toBe(3);
	await refresh(vault, server);
	expect(downloads()).toBe(3);
	field.forms = [{ ...SIMPLE, xml: simple.replace('示例问卷', '新示例问卷') }];
	await refresh(vault, server);
	expect((await vault.forms.read('simple', '1'))?.xml).toContain('新示例问卷');
});

test('a withdrawn form stays while an interview is of it, and comes back when it is listed again', async () => {
	await refresh(vault, server);
	await vault.interviews.save(interview({ formId: 'simple', version: '1' }), []);
	field.forms = [{ ...SIMPLE, version: '2' }];
	await refresh(vault, server);
	expect((await vault.forms.list()).map((form) => [form.version, form.withdrawn])).toEqual([
		['1', true],
		['2', false],
	]);
	field.forms = [SIMPLE];
	await refresh(vault, server);
	expect((await vault.forms.list()).map((form) => [form.version, form.withdrawn])).toEqual([['1', false]]);
});

test('a withdrawn form stays while one has it open and answered nothing yet, and can be gone on with', async () => {
	await refresh(vault, server);
	const open = await begin(vault, TASK, { formId: 'simple', version: '1' });
	field.forms = [];
	await refresh(vault, server);
	expect((await vault.forms.list()).map((form) => form.withdrawn)).toEqual([true]);
	question(open.session, 'age').give('30');
	await open.close();
	await refresh(vault, server);
	await (await goOn(vault, open.fixed.id)).close();
	await vault.interviews.remove(open.fixed.id, true);
	await refresh(vault, server);
	expect(await vault.forms.list()).toEqual([]);
});

test('a withdrawn form stays for what is returned in the same refreshing', async () => {
	await refresh(vault, server);
	field.forms = [];
	field.returned = [returnedOne(SENT_XML)];
	await refresh(vault, server);
	await (await correct(vault, field.returned[0]!)).close();
});

test('a copy that was damaged on the phone is fetched anew', async () => {
	field.returned = [returnedOne(SENT_XML)];
	await refresh(vault, server);
	const opened = await database();
	const [contents] = await opened.getAll('contents');
	new Uint8Array(contents!.sealed.bytes)[10]! ^= 1;
	await opened.put('contents', contents!);
	expect(await troubleOf(correct(vault, field.returned[0]!))).toBe('phone.returned_not_here');
	await refresh(vault, server);
	await (await correct(vault, field.returned[0]!)).close();
});

test('a withdrawn form that is listed again with other bytes has those, and is no longer withdrawn', async () => {
	await refresh(vault, server);
	await vault.interviews.save(interview({ formId: 'simple', version: '1' }), []);
	field.forms = [];
	await refresh(vault, server);
	const xml = simple.replace('示例问卷', '新示例问卷');
	field.forms = [{ ...SIMPLE, xml }];
	await refresh(vault, server);
	await refresh(vault, server);
	expect(await vault.forms.read('simple', '1')).toMatchObject({ xml, withdrawn: false });
});

test.each(['cut before', 'portal', 'cut after'] as const)(
	'where the network breaks (%s), what came stays, and the rest comes next time',
	async (how) => {
		field.forms = [SIMPLE, { ...SIMPLE, formId: 'other', media: {} }];
		const broken = { at: 'GET form', how };
		// The list, its manifest and its file of the first form come, the second form does not.
		field.breaks.push({ at: 'GET returned', how });
		const code = how === 'portal' ? 'phone.portal' : 'phone.offline';
		expect(await troubleOf(refresh(vault, server))).toBe(code);
		expect(await vault.forms.list()).toHaveLength(2);
		expect((await vault.lists.read('tasks'))?.tasks).toHaveLength(1);
		expect(await vault.lists.read('returned')).toBeNull();
		field.forms = [...field.forms, { ...SIMPLE, formId: 'third', media: {} }];
		field.breaks.push(broken);
		expect(await troubleOf(refresh(vault, server))).toBe(code);
		expect(await vault.forms.list()).toHaveLength(2);
		const before = downloads();
		await refresh(vault, server);
		expect(await vault.forms.list()).toHaveLength(3);
		expect(downloads()).toBe(before + 1);
	},
);

test('one form that cannot be fetched does not keep the others', async () => {
	field.forms = [SIMPLE, { ...SIMPLE, formId: 'other', media: {} }];
	field.breaks.push({ at: 'GET form', how: 500 });
	const { troubles } = await refresh(vault, server);
	expect(troubles.map(({ code }) => code)).toEqual(['phone.server_error']);
	expect((await vault.forms.list()).map((form) => form.formId)).toEqual(['other']);
});

test('a sign-in of somebody else changes nothing', async () => {
	field.device = deviceInfo({ person: { id: 'person-2', name: '另一位' } });
	expect(await troubleOf(refresh(vault, server))).toBe('phone.other_person');
	expect(await vault.lists.read('tasks')).toBeNull();
	expect(await vault.lists.read('device')).toBeNull();
});

test('by how much the clock is wrong is kept', async () => {
	field.device = deviceInfo({ server_time: new Date(Date.now() - 3600_000).toISOString() });
	await refresh(vault, server);
	expect(Math.abs(((await vault.lists.read('device'))?.clockAhead ?? 0) - 3600)).toBeLessThan(5);
});

test('a new key of the server is sealed for from now on', async () => {
	const { unsent_key } = deviceInfo();
	field.device = deviceInfo({ unsent_key: { ...unsent_key, id: 'key-2' } });
	await refresh(vault, server);
	expect(vault.serverKey.id).toBe('key-2');
});

function returnedOne(xml: string): ReturnedInterview {
	const file = {
		name: 'a.jpg',
		sha256: sha256('picture'),
		size: 7,
		content_type: 'image/jpeg',
		url: `${field.address}/returned/1/a.jpg`,
	};
	field.returnedBytes.set('1/submission.xml', xml);
	field.returnedBytes.set('1/a.jpg', 'picture');
	return {
		instance_id: 'uuid:1',
		root_instance_id: 'uuid:1',
		form_id: 'simple',
		version: '1',
		about: 'household',
		unit_id: '001',
		sha256: sha256(xml),
		returned_at: '2026-11-23T09:00:00Z',
		words: '请核对。',
		comments: [],
		complaints: [],
		url: `${field.address}/returned/1/submission.xml`,
		files: [file],
	};
}

const SENT_XML =
	'<data id="simple" version="1"><unit_id>001</unit_id><age>30</age><photo>a.jpg</photo><meta><audit/><instanceID>uuid:1</instanceID></meta></data>';

test('a returned interview that another phone sent can be corrected without a network', async () => {
	field.returned = [returnedOne(SENT_XML)];
	expect((await refresh(vault, server)).troubles).toEqual([]);
	await field.end();
	const [copy] = await vault.interviews.list();
	expect(copy).toMatchObject({ state: 'sent', instanceId: 'uuid:1', unitId: '001', assignmentId: 'assignment-001' });
	const open = await correct(vault, field.returned[0]!);
	expect(open.session.xml()).toContain('<age>30</age>');
	expect(open.fixed.assignmentId).toBe('assignment-001');
	expect([...open.session.files().keys()]).toEqual(['a.jpg']);
	open.leave();
});

test('a copy is fetched once, and not where this phone has sent the same', async () => {
	field.returned = [returnedOne(SENT_XML)];
	await vault.interviews.save(interview({ state: 'sent', instanceId: 'uuid:1', xml: SENT_XML }), []);
	await refresh(vault, server);
	await refresh(vault, server);
	expect(await vault.interviews.list()).toHaveLength(1);
	expect(field.asked.filter((asked) => asked === 'GET returned')).toHaveLength(2);
});

test('a copy whose bytes are not those that were announced is not kept', async () => {
	field.returned = [returnedOne(SENT_XML)];
	field.returnedBytes.set('1/a.jpg', 'another picture');
	expect((await refresh(vault, server)).troubles.map(({ code }) => code)).toEqual(['phone.unexpected_answer']);
	expect(await vault.interviews.list()).toEqual([]);
	field.returnedBytes.set('1/a.jpg', 'picture');
	await refresh(vault, server);
	expect(await vault.interviews.list()).toHaveLength(1);
});
