import { expect, test } from 'vitest';
import { effect } from 'vue';

import features from './forms/features.xml?raw';
import { FormUnreadable, openForm } from './form.ts';
import { DEVICE, question, repeat, stored } from './opened_for_tests.ts';

const VILLAGES = 'name,label,town,mayor\nv1,一村,a,示例人甲\nv2,二村,a,示例人乙\nv3,三村,b,示例人丙\n';
const FORM = stored(features, { 'villages.csv': VILLAGES });

async function begun() {
	return (await openForm(FORM, DEVICE)).begin({});
}

test('choices are filtered, also those of a table, and values are looked up in it', async () => {
	const session = await begun();
	expect(question(session, 'village').choices).toEqual([]);
	question(session, 'place').give('a');
	expect(question(session, 'village').choices.map((choice) => choice.label.plain)).toEqual(['一村', '二村']);
	question(session, 'village').give('v2');
	expect(session.xml()).toContain('<mayor>示例人乙</mayor>');
	expect(question(session, 'note').label?.plain).toBe('村主任：示例人乙');
	question(session, 'place').give('b');
	expect(question(session, 'village').answer).toBeNull();
});

test('a form whose table is not on the phone says which; one that is no form says so', async () => {
	const missing = await openForm(stored(features), DEVICE).catch((error: unknown) => error);
	expect(missing).toBeInstanceOf(FormUnreadable);
	expect((missing as FormUnreadable).trouble).toMatchObject({
		code: 'phone.form_file_missing',
		details: { file: 'villages.csv', form: '表', version: '1' },
	});
	await expect(openForm(stored('<h:html'), DEVICE)).rejects.toThrow('phone.form_unreadable');
	const broken = features.replace('jr:count=" /data/count "', 'jr:count="no-such-function(3)"');
	const opened = await openForm(stored(broken, { 'villages.csv': VILLAGES }), DEVICE);
	await expect(opened.begin({})).rejects.toThrow('phone.form_unreadable');
});

test('choices in random order keep to their seed, and a ranking takes all of them or none', async () => {
	const order = question(await begun(), 'several').choices.map((choice) => choice.value);
	expect(question(await begun(), 'several').choices.map((choice) => choice.value)).toEqual(order);
	expect([...order].sort()).toEqual(['a', 'b', 'c']);
	const ranking = question(await begun(), 'order');
	expect(ranking.kind).toBe('rank');
	expect(ranking.give(['c', 'a'])).toBe(false);
	expect(ranking.give(['c', 'a', 'b'])).toBe(true);
	expect(ranking.answer).toEqual(['c', 'a', 'b']);
	expect(ranking.give(null)).toBe(true);
	expect(ranking.answer).toBeNull();
});

test('ranges have their bounds and take numbers', async () => {
	const session = await begun();
	expect(question(session, 'part').parameters).toMatchObject({ start: '0', end: '1', step: '0.25' });
	expect(question(session, 'scale').give('7')).toBe(true);
	expect(question(session, 'part').give('0.25')).toBe(true);
	expect([question(session, 'scale').answer, question(session, 'part').answer]).toEqual(['7', '0.25']);
	expect(question(session, 'scale').kind).toBe('range');
});

test('rows are added, taken away and counted; children stay the same objects', async () => {
	const session = await begun();
	const members = repeat(session, 'member');
	expect(members.free).toBe(true);
	expect(members.rows).toHaveLength(1);
	question(session, 'm_name').give('示例人甲');
	members.add();
	question(session, 'm_name', 2).give('示例人乙');
	members.add();
	expect(members.rows.map((row) => row.path)).toEqual(['/data/member[1]', '/data/member[2]', '/data/member[3]']);
	const second = members.rows[1];
	members.remove(0);
	expect(members.rows[0]).toBe(second);
	expect(question(session, 'm_name').path).toBe('/data/member[1]/m_name');
	expect(question(session, 'm_name').answer).toBe('示例人乙');
});

test('a repeat with a count follows it, and is not shown while it has no rows', async () => {
	const session = await begun();
	const fields = repeat(session, 'field');
	expect([fields.free, fields.relevant]).toEqual([false, false]);
	question(session, 'count').give('3');
	expect(fields.rows).toHaveLength(3);
	fields.add();
	fields.remove(0);
	expect(fields.rows).toHaveLength(3);
	question(session, 'count').give('1');
	expect(fields.rows).toHaveLength(1);
});

test('texts change with the language; guidance, pictures and parameters have places of their own', async () => {
	const session = await begun();
	expect(session.languages).toEqual([
		{ name: '中文', code: 'zh' },
		{ name: 'English', code: 'en' },
	]);
	const place = question(session, 'place');
	expect(place.hint?.plain).toBe('看表');
	question(session, 'count').give('2');
	expect(place.guidance?.plain).toBe('先看 2');
	expect(place.media.image).toBe('town.png');
	expect(place.choices[0]?.image).toBe('a 图.png');
	session.language = { name: 'English', code: 'en' };
	expect(session.language.code).toBe('en');
	expect([place.label?.plain, place.hint, place.guidance?.plain]).toEqual(['Which town', null, 'Look first']);
});

test('a choice without words is shown by its value, and odd names of pictures are names', async () => {
	const odd = features.replace('<value>Town A</value>', '<value>-</value>').replace('a 图.png', '50% a.png');
	const session = await (await openForm(stored(odd, { 'villages.csv': VILLAGES }), DEVICE)).begin({});
	expect(question(session, 'place').choices[0]?.image).toBe('50% a.png');
	session.language = { name: 'English', code: 'en' };
	expect(question(session, 'place').choices.map((choice) => choice.label.plain)).toEqual(['a', 'Town B', 'Town C']);
});

test('every control is drawn as what it is', async () => {
	const session = await begun();
	const kinds = ['picture', 'sign', 'sound', 'paper', 'point', 'line', 'code', 'read', 'hour', 'moment', 'day', 'note'];
	expect(kinds.map((name) => question(session, name).kind)).toEqual([
		'photo',
		'signature',
		'audio',
		'file',
		'position',
		'trace',
		'barcode',
		'acknowledge',
		'time',
		'datetime',
		'date',
		'note',
	]);
	expect(question(session, 'picture').parameters['max-pixels']).toBe('1024');
	expect(question(session, 'point').parameters).toMatchObject({ 'capture-accuracy': '10', 'warning-accuracy': '50' });
	expect(session.children.find((node) => node.path === '/data/page')?.appearances.has('field-list')).toBe(true);
	expect(session.children.some((node) => node.path === '/data/meta')).toBe(false);
});

test('positions, lines and moments are taken and written as ODK Collect writes them', async () => {
	const session = await begun();
	const place = { latitude: 26.0745, longitude: 119.2965, altitude: 12, accuracy: 5.5 };
	expect(question(session, 'point').give(place)).toBe(true);
	expect(question(session, 'point').answer).toEqual(place);
	expect(question(session, 'point').give('26 119')).toBe(false);
	expect(question(session, 'line').give('26 119 0 0;26.1 119.1 0 0')).toBe(true);
	expect(question(session, 'line').give('26 119 0 0')).toBe(false);
	expect(question(session, 'hour').give('08:30')).toBe(true);
	expect(question(session, 'hour').answer).toMatch(/^08:30:00\.000[+-]\d\d:\d\d$/);
	expect(question(session, 'hour').give('25:99')).toBe(false);
	expect(question(session, 'moment').give('2026-03-02T10:30')).toBe(true);
	expect(question(session, 'moment').answer).toMatch(/^2026-03-02T10:30:00\.000[+-]\d\d:\d\d$/);
	expect(question(session, 'day').give('2026-02-30')).toBe(false);
	expect(question(session, 'day').give('2026-02-28')).toBe(true);
	expect(question(session, 'read').give('OK')).toBe(true);
	expect(session.xml()).toContain('<point>26.0745 119.2965 12.0 5.5</point>');
	expect(session.xml()).toContain('<line>26.0 119.0 0.0 0.0;26.1 119.1 0.0 0.0</line>');
	expect(session.xml()).toContain('<day>2026-02-28</day>');
	expect(session.xml()).toContain('<read>OK</read>');
});

test('a form begins with the answers of the last finished one, where there is one', async () => {
	const lastSaved = '<data id="features" version="1"><place>b</place></data>';
	const session = await (await openForm(FORM, { ...DEVICE, lastSaved })).begin({});
	expect(question(session, 'last').answer).toBe('b');
	expect(question(await begun(), 'last').answer).toBeNull();
});

test('what a screen reads is drawn anew when the form changes it, and only then', async () => {
	const session = await begun();
	const seen: (string | null)[] = [];
	let drawn = 0;
	effect(() => seen.push(question(session, 'note').label?.plain ?? null));
	effect(() => {
		drawn += 1;
		return question(session, 'day').answer;
	});
	question(session, 'place').give('a');
	question(session, 'village').give('v1');
	expect(seen.at(-1)).toBe('村主任：示例人甲');
	expect(drawn).toBe(1);
});
