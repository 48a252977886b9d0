import { expect, test, vi } from 'vitest';

import simple from './forms/simple.xml?raw';
import { DEVICE, question, stored } from './opened_for_tests.ts';
import { openForm, warmUp } from './form.ts';

async function begun(filled: Record<string, string> = {}) {
	const form = await openForm(stored(simple), DEVICE);
	return form.begin(filled);
}

test('a new interview has an id, the time of its start and what the assignment knows, in read-only questions too', async () => {
	const session = await begun({ unit_id: '350125-1', county: '示例县' });
	expect(session.title).toBe('示例问卷');
	expect(session.instanceId).toMatch(/^uuid:[0-9a-f-]{36}$/);
	expect(question(session, 'unit_id').answer).toBe('350125-1');
	expect(question(session, 'county')).toMatchObject({ readonly: true, answer: '示例县', kind: 'text' });
	expect(session.xml()).toMatch(/<started>\d{4}-\d\d-\d\dT/);
	expect(session.audit).toEqual({ trackChanges: true });
});

test('answers are taken as they are typed, and what is no number is refused', async () => {
	const session = await begun();
	expect(question(session, 'name').give('示例人甲 <&>')).toBe(true);
	expect(question(session, 'age').give('4１')).toBe(true);
	expect(question(session, 'age').answer).toBe('41');
	expect(question(session, 'age').give('四十')).toBe(false);
	expect(question(session, 'age').give('4.5')).toBe(false);
	expect(question(session, 'age').answer).toBe('41');
	expect(question(session, 'income').give('20000.50')).toBe(true);
	expect(question(session, 'income').give('1,000')).toBe(false);
	expect(session.xml()).toContain('<name>示例人甲 &lt;&amp;&gt;</name><age>41</age><income>20000.50</income>');
	expect(session.xml()).toContain('<income_twice>40001.0</income_twice>');
});

test('choices are given by their values, and only those that are offered', async () => {
	const session = await begun();
	expect(question(session, 'sex').relevant).toBe(false);
	question(session, 'age').give('30');
	expect(question(session, 'sex').relevant).toBe(true);
	expect(question(session, 'sex').choices.map((choice) => choice.label.plain)).toEqual(['男', '女']);
	expect(question(session, 'sex').give('female')).toBe(true);
	expect(question(session, 'sex').give('other')).toBe(false);
	expect(question(session, 'sex').answer).toBe('female');
	expect(question(session, 'foods').give(['milk', 'meat'])).toBe(true);
	expect(question(session, 'foods').answer).toEqual(['meat', 'milk']);
	expect(question(session, 'foods').give([])).toBe(true);
	expect(question(session, 'foods').answer).toBeNull();
});

test('an objection has the words of the form, or none', async () => {
	const session = await begun();
	expect(session.objections).toEqual([{ path: '/data/unit_id', objection: { kind: 'required', words: null } }]);
	question(session, 'age').give('200');
	expect(question(session, 'age').objection).toEqual({ kind: 'constraint', words: '年龄从 0 到 149 岁' });
	question(session, 'age').give('20');
	expect(question(session, 'age').objection).toBeNull();
});

test('nothing is objected to in what nobody can answer', async () => {
	const demanding = simple.replace(
		'calculate="/data/income * 2"',
		'calculate="/data/income * 2" constraint=". &lt; 10"',
	);
	const session = await (await openForm(stored(demanding), DEVICE)).begin({ unit_id: '350125-1' });
	question(session, 'income').give('8');
	expect(session.xml()).toContain('<income_twice>16.0</income_twice>');
	expect(session.objections).toEqual([]);
});

test('changes are told with what stood there before', async () => {
	const session = await begun();
	const changes: unknown[] = [];
	const stop = session.onChange((change) => changes.push(change));
	question(session, 'age').give('20');
	question(session, 'age').give('21');
	question(session, 'age').give('21');
	stop();
	question(session, 'age').give('22');
	expect(changes).toEqual([
		{ path: '/data/age', before: '', after: '20' },
		{ path: '/data/age', before: '20', after: '21' },
	]);
});

test('texts come in pieces, without Markdown', async () => {
	const hint = question(await begun(), 'name').hint;
	expect(hint?.plain).toBe('与户口簿一致');
	expect(hint?.pieces.map(({ text, strong }) => [text, strong])).toEqual([
		['与户口簿', false],
		['一致', true],
	]);
});

test('the form learns who fills it on what, and takes a position by itself once', async () => {
	const asking = simple
		.replace('<started/>', '<started/><device/><who/><where/>')
		.replace(
			'<bind nodeset="/data/name"',
			'<bind nodeset="/data/device" jr:preload="property" jr:preloadParams="deviceid"/>' +
				'<bind nodeset="/data/who" jr:preload="property" jr:preloadParams="username"/>' +
				'<bind nodeset="/data/where" type="geopoint"/>' +
				'<odk:setgeopoint ref="/data/where" event="odk-instance-first-load"/><bind nodeset="/data/name"',
		);
	const place = { latitude: 26.5, longitude: 119.25, altitude: null, accuracy: 8 };
	const device = { ...DEVICE, position: vi.fn(() => Promise.resolve(place)) };
	const form = await openForm(stored(asking), device);
	const session = await form.begin({});
	await vi.waitFor(() => expect(session.xml()).toContain('<where>26.5 119.25 0.0 8.0</where>'));
	expect(session.xml()).toContain('<device>evalsvc:device-1</device><who>enumerator-1</who>');
	await form.resume(session.xml(), new Map());
	expect(device.position).toHaveBeenCalledOnce();
});

test('the engine is made ready with a form that it can read', async () => {
	await expect(warmUp()).resolves.toBe(true);
});

test('a form that was read ahead begins one interview of its household, and none of another', async () => {
	const form = await openForm(stored(simple), DEVICE);
	await form.prepare({ unit_id: '350125-1' });
	const other = await form.begin({ unit_id: '350125-2' });
	await form.prepare({ unit_id: '350125-1' });
	const again = await openForm(stored(simple), DEVICE);
	const [first, second] = [await again.begin({ unit_id: '350125-1' }), await again.begin({ unit_id: '350125-1' })];
	expect([other, first, second].map((each) => question(each, 'unit_id').answer)).toEqual([
		'350125-2',
		'350125-1',
		'350125-1',
	]);
	expect(new Set([other, first, second].map(({ instanceId }) => instanceId)).size).toBe(3);
	question(first, 'age').give('30');
	expect(question(second, 'age').answer).toBeNull();
});
