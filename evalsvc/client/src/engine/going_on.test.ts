import { expect, test } from 'vitest';

import type { AttachedFile } from '../model.ts';
import simple from './forms/simple.xml?raw';
import features from './forms/features.xml?raw';
import { type OpenedForm, openForm } from './form.ts';
import { DEVICE, question, repeat, stored } from './opened_for_tests.ts';

const NO_FILES = new Map<string, AttachedFile>();
const PHOTO: AttachedFile = { name: '示例 照片.jpg', type: 'image/jpeg', bytes: new Uint8Array([1, 2, 3]) };

function simpleForm(): Promise<OpenedForm> {
	return openForm(stored(simple), DEVICE);
}

function valueIn(xml: string, name: string): string | null {
	return new DOMParser().parseFromString(xml, 'text/xml').getElementsByTagName(name)[0]?.textContent ?? null;
}

test('a draft goes on with its id and the time of its start', async () => {
	const first = await (await simpleForm()).begin({ unit_id: '350125-1' });
	question(first, 'age').give('41');
	question(first, 'sex').give('female');
	const draft = first.xml().replace(/<started>.*<\/started>/, '<started>2026-03-02T10:00:00.000+08:00</started>');
	const second = await (await simpleForm()).resume(draft, NO_FILES);
	expect(second.instanceId).toBe(first.instanceId);
	expect(second.xml()).toBe(draft);
	expect(question(second, 'sex').answer).toBe('female');
	expect(second.finish(null)).toContain('<started>2026-03-02T10:00:00.000+08:00</started>');
});

test('a correction has an id of its own and names the one it corrects; nothing else changes', async () => {
	const sent =
		'<data id="simple" version="1"><started>2026-03-02T10:00:00.000+08:00</started><unit_id>350125-1</unit_id>' +
		'<county>示例县</county><name>示例人甲</name><age>041</age><income>20000</income><income_twice>40000</income_twice>' +
		'<sex>male</sex><foods>milk meat</foods><photo/><meta><audit>audit.csv</audit><instanceID>uuid:before</instanceID></meta></data>';
	const session = await (await simpleForm()).correct(sent, NO_FILES);
	expect(session.instanceId).toMatch(/^uuid:[0-9a-f-]{36}$/);
	const expected = sent
		.replace('uuid:before', session.instanceId)
		.replace('audit.csv</audit>', '</audit>')
		.replace('<audit></audit>', '<audit/>')
		.replace('</instanceID>', '</instanceID><deprecatedID>uuid:before</deprecatedID>');
	expect(session.xml()).toBe(expected);
	expect(question(session, 'income').answer).toBe('20000');
	question(session, 'income').give('20001.5');
	expect(session.xml()).toContain('<income>20001.5</income><income_twice>40003.0</income_twice>');
	question(session, 'income').give('20000.0');
	expect(session.xml()).toContain('<income>20000.0</income><income_twice>40000</income_twice>');
});

test('a correction that was closed as a draft goes on as the same correction', async () => {
	const first = await (await simpleForm()).begin({ unit_id: '350125-1' });
	const correction = await (await simpleForm()).correct(first.finish(null), NO_FILES);
	question(correction, 'age').give('41');
	const again = await (await simpleForm()).resume(correction.xml(), NO_FILES);
	expect(again.instanceId).toBe(correction.instanceId);
	expect(again.xml()).toBe(correction.xml());
	expect(valueIn(again.finish(null), 'deprecatedID')).toBe(first.instanceId);
	const second = await (await simpleForm()).correct(again.finish(null), NO_FILES);
	expect(valueIn(second.finish(null), 'deprecatedID')).toBe(again.instanceId);
});

test('an interview of another form is not opened', async () => {
	await expect((await simpleForm()).resume('<data id="other"/>', NO_FILES)).rejects.toThrow('phone.form_unreadable');
	await expect((await simpleForm()).resume('not XML', NO_FILES)).rejects.toThrow('phone.form_unreadable');
});

test('finishing stamps the end and names the log', async () => {
	const form = await openForm(stored(features, { 'villages.csv': 'name,label,town,mayor\n' }), DEVICE);
	const session = await form.begin({});
	expect(session.xml()).toContain('<audit/>');
	expect(session.finish('audit.csv')).toContain('<audit>audit.csv</audit>');
	expect(session.finish(null)).toContain('<audit/>');
	const ending = simple
		.replace('<started/>', '<started/><ended/>')
		.replace(
			'<bind nodeset="/data/name"',
			'<bind nodeset="/data/ended" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/><bind nodeset="/data/name"',
		);
	const other = await (await openForm(stored(ending), DEVICE)).begin({});
	expect(other.xml()).toContain('<ended/>');
	expect(other.finish(null)).toMatch(/<ended>\d{4}-\d\d-\d\dT[^<]+<\/ended>/);
});

test('files keep their names and bytes after a draft was closed, and go when they are taken away', async () => {
	const first = await (await simpleForm()).begin({});
	question(first, 'photo').attach(PHOTO);
	const name = question(first, 'photo').answer as string;
	expect(name).toMatch(/^\d{13}-[0-9a-z]+-示例 照片\.jpg$/);
	expect([...first.files().keys()]).toEqual([name]);
	const second = await (await simpleForm()).resume(first.xml(), first.files());
	expect(question(second, 'photo').answer).toBe(name);
	expect(second.files().get(name)?.bytes).toEqual(PHOTO.bytes);
	expect(valueIn(second.finish(null), 'photo')).toBe(name);
	question(second, 'photo').attach(null);
	expect(question(second, 'photo').answer).toBeNull();
	expect(valueIn(second.xml(), 'photo')).toBe('');
	expect(second.files().size).toBe(0);
	question(second, 'photo').attach({ ...PHOTO, name: '../../etc/<passwd>.JPG' });
	expect(question(second, 'photo').answer).toMatch(/^\d{13}-[0-9a-z]+\.jpg$/);
	expect(question(second, 'photo').give(null)).toBe(true);
	expect(second.files().size).toBe(0);
});

test('answers that a slip has hidden are in the draft, not in the submission, and there again when it is taken back', async () => {
	const first = await (await simpleForm()).begin({});
	question(first, 'age').give('41');
	question(first, 'sex').give('female');
	question(first, 'age').give('4');
	expect(question(first, 'sex').relevant).toBe(false);
	const draft = first.xml();
	expect(valueIn(draft, 'sex')).toBe('female');
	const second = await (await simpleForm()).resume(draft, NO_FILES);
	expect(second.xml()).toBe(draft);
	expect(valueIn(second.finish(null), 'sex')).toBeNull();
	second.takeFinishBack();
	expect(valueIn(second.xml(), 'sex')).toBe('female');
	question(second, 'age').give('41');
	expect(question(second, 'sex').answer).toBe('female');
	expect(valueIn(second.finish(null), 'sex')).toBe('female');
});

test('two files that are called alike have two names', async () => {
	const session = await (await simpleForm()).begin({});
	question(session, 'photo').attach(PHOTO);
	const before = question(session, 'photo').answer;
	question(session, 'photo').attach(PHOTO);
	expect(question(session, 'photo').answer).not.toBe(before);
	expect(session.files().size).toBe(1);
});

test('a file of a question that is not asked now is kept, and not sent', async () => {
	const form = simple.replace(
		'<bind nodeset="/data/photo"',
		'<bind nodeset="/data/photo" relevant="/data/name != \'\'"',
	);
	const session = await (await openForm(stored(form), DEVICE)).begin({});
	question(session, 'name').give('示例人甲');
	question(session, 'photo').attach(PHOTO);
	question(session, 'name').give(null);
	expect(session.files().size).toBe(1);
	expect(session.finish(null)).not.toContain('<photo>');
	expect(session.files().size).toBe(0);
	question(session, 'name').give('示例人甲');
	expect(session.files().size).toBe(1);
	expect(session.finish(null)).toContain('<photo>');
});

test('rows of repeats, with and without a count, come back as they were', async () => {
	const form = stored(features, { 'villages.csv': 'name,label,town,mayor\n' });
	const first = await (await openForm(form, DEVICE)).begin({});
	question(first, 'm_name').give('示例人甲');
	repeat(first, 'member').add();
	question(first, 'm_name', 2).give('示例人乙');
	question(first, 'count').give('2');
	question(first, 'area', 2).give('1.50');
	const second = await (await openForm(form, DEVICE)).resume(first.xml(), NO_FILES);
	expect(second.xml()).toBe(first.xml());
	expect(question(second, 'm_name', 2).answer).toBe('示例人乙');
	expect(question(second, 'area', 2).answer).toBe('1.50');
	repeat(second, 'member').remove(0);
	repeat(second, 'member').remove(0);
	const third = await (await openForm(form, DEVICE)).resume(second.xml(), NO_FILES);
	expect(repeat(third, 'member').rows).toHaveLength(0);
	expect(repeat(third, 'member').relevant).toBe(true);
});
