import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { question } from '../engine/opened_for_tests.ts';
import simple from '../engine/forms/simple.xml?raw';
import type { KeptInterview, ReturnedInterview, Task } from '../model.ts';
import { bytesOf, sha256 } from '../vault/bytes.ts';
import { database } from '../vault/database.ts';
import { enrolled, file, troubleOf } from '../vault/samples.ts';
import type { Vault } from '../vault/vault.ts';
import { finish } from './finishing.ts';
import { giveLocks } from './locks_for_tests.ts';
import { begin, beginFree, correct, goOn, toRead, unsentOf } from './opening.ts';
import { removeInterview } from './removing.ts';
import type { Write } from './saving.ts';

const FORM = { formId: 'simple', version: '1' };
const LAST_NAME = " instance('__last-saved')/data/name ";
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
	filled: { unit_id: '001', county: '示例县' },
};

let vault: Vault;

beforeEach(async () => {
	giveLocks();
	vault = await enrolled();
	await keepForm(false);
});

afterEach(() => {
	vi.restoreAllMocks();
});

function keepForm(withdrawn: boolean): Promise<void> {
	return vault.forms.save({ ...FORM, name: '示例问卷', hash: 'md5:0', xml: simple, media: new Map(), withdrawn });
}

async function onlyOne(): Promise<KeptInterview> {
	const [first, ...others] = await vault.interviews.list();
	expect(others).toEqual([]);
	return vault.interviews.read(first?.id ?? '');
}

test('an interview of a household begins with what is known, and exists from its first answer on', async () => {
	const open = await begin(vault, TASK, FORM);
	expect(question(open.session, 'unit_id').answer).toBe('001');
	expect(await vault.interviews.list()).toEqual([]);
	expect(open.saver.state.value).toBe('new');
	question(open.session, 'name').give('示例人甲');
	expect(open.saver.state.value).toBe('saving');
	expect(await open.saver.flush()).toBe(true);
	const kept = await onlyOne();
	expect(kept).toMatchObject({
		state: 'draft',
		unitId: '001',
		assignmentId: 'assignment-001',
		formId: 'simple',
		version: '1',
		corrects: null,
	});
	expect(kept.xml).toContain('<name>示例人甲</name>');
	expect(kept.instanceId).toBe(open.session.instanceId);
	expect(kept.audit.map(({ event }) => event)).toContain('form start');
	expect(await open.close()).toBe(true);
});

test('a form begins with the answers of the interview that was finished last, and brings its pictures', async () => {
	const asking = simple
		.replace('</instance>', '</instance><instance id="__last-saved" src="jr://instance/last-saved"/>')
		.replace('</model>', `<setvalue ref="/data/name" event="odk-instance-first-load" value="${LAST_NAME}"/></model>`);
	const media = new Map([['table.png', new Blob(['picture'])]]);
	await vault.forms.save({ ...FORM, name: '示例问卷', hash: 'md5:1', xml: asking, media, withdrawn: false });
	const first = await begin(vault, TASK, FORM);
	expect(question(first.session, 'name').answer).toBeNull();
	question(first.session, 'name').give('示例人乙');
	expect(await finish(first)).toEqual([]);
	const second = await begin(vault, TASK, FORM, true);
	expect(question(second.session, 'name').answer).toBe('示例人乙');
	expect([...second.media.keys()]).toEqual(['table.png']);
	await second.close();
});

test('who looks and answers nothing leaves nothing behind', async () => {
	const open = await begin(vault, TASK, FORM);
	expect(await open.close()).toBe(true);
	expect(open.saver.state.value).toBe('new');
	expect(await vault.interviews.list()).toEqual([]);
	await (await begin(vault, TASK, FORM)).close();
});

test('a draft of the household is offered before another is begun', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	await open.close();
	expect(await unsentOf(vault, TASK, 'simple')).toHaveLength(1);
	expect(await troubleOf(begin(vault, TASK, FORM))).toBe('phone.draft_exists');
	const other = await begin(vault, TASK, FORM, true);
	question(other.session, 'age').give('31');
	await other.close();
	expect(await vault.interviews.list()).toHaveLength(2);
});

test('a household is begun in one tab at a time', async () => {
	const open = await begin(vault, TASK, FORM);
	expect(await troubleOf(begin(vault, TASK, FORM))).toBe('phone.open_elsewhere');
	await open.close();
	await (await begin(vault, TASK, FORM)).close();
});

test('a draft goes on where it was, with its files and its log, in one tab at a time', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'income').give('20000.50');
	question(open.session, 'photo').attach(file('客厅.jpg'));
	await open.saver.flush();
	const { id, instanceId } = await onlyOne();
	expect(await troubleOf(goOn(vault, id))).toBe('phone.open_elsewhere');
	await open.close();
	const again = await goOn(vault, id);
	expect(again.saver.state.value).toBe('saved');
	expect(again.session.instanceId).toBe(instanceId);
	expect(question(again.session, 'income').answer).toBe('20000.50');
	question(again.session, 'age').give('44');
	await again.close();
	const kept = await onlyOne();
	expect(kept.audit.map(({ event }) => event)).toEqual(
		expect.arrayContaining(['form start', 'form exit', 'form resume']),
	);
	expect(kept.fileNames).toHaveLength(1);
	const photo = await vault.interviews.file(id, kept.fileNames[0] ?? '');
	expect(new TextDecoder().decode(photo?.bytes)).toBe('bytes of 客厅.jpg');
	expect(kept.startedAt).toBe(open.fixed.startedAt);
});

test('an open draft is not removed under its feet, a closed one is', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	await open.saver.flush();
	const { id } = await onlyOne();
	expect(await troubleOf(removeInterview(vault, id, true))).toBe('phone.open_elsewhere');
	await open.close();
	expect(await troubleOf(removeInterview(vault, id))).toBe('phone.unsent');
	await removeInterview(vault, id, true);
	expect(await vault.interviews.list()).toEqual([]);
});

test('what vanished from the disk while it was open is written again from memory', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'photo').attach(file('a.jpg'));
	await open.saver.flush();
	await vault.interviews.remove((await onlyOne()).id, true);
	question(open.session, 'age').give('30');
	expect(await open.saver.flush()).toBe(false);
	expect(open.saver.trouble.value?.code).toBe('phone.file_missing');
	expect(await open.close()).toBe(true);
	const kept = await onlyOne();
	expect(kept.xml).toContain('<age>30</age>');
	expect(await vault.interviews.file(kept.id, kept.fileNames[0] ?? '')).not.toBeNull();
});

test('a form that hangs on no household', async () => {
	const open = await beginFree(vault, FORM);
	question(open.session, 'unit_id').give('village-1');
	await open.close();
	expect(await onlyOne()).toMatchObject({ unitId: '', assignmentId: '' });
});

test('a withdrawn form begins nothing new, and what was begun is ended', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	await open.close();
	await keepForm(true);
	expect(await troubleOf(begin(vault, TASK, FORM, true))).toBe('phone.form_withdrawn');
	const again = await goOn(vault, (await onlyOne()).id);
	expect(await finish(again)).toEqual([]);
	expect((await onlyOne()).state).toBe('finished');
});

test('a form that is not here, or is none, has a sentence', async () => {
	expect(await troubleOf(begin(vault, TASK, { formId: 'simple', version: '2' }))).toBe('phone.form_missing');
	await vault.forms.save({
		formId: 'broken',
		version: '1',
		name: '坏',
		hash: 'md5:0',
		xml: '<h',
		media: new Map(),
		withdrawn: false,
	});
	expect(await troubleOf(beginFree(vault, { formId: 'broken', version: '1' }))).toBe('phone.form_unreadable');
});

test('what the form objects to keeps an interview a draft', async () => {
	const open = await begin(vault, { ...TASK, filled: {} }, FORM);
	question(open.session, 'name').give('示例人甲');
	expect((await finish(open)).map(({ path }) => path)).toEqual(['/data/unit_id']);
	await open.saver.flush();
	expect((await onlyOne()).state).toBe('draft');
	question(open.session, 'unit_id').give('001');
	expect(await finish(open)).toEqual([]);
	expect((await onlyOne()).state).toBe('finished');
});

test('a finished interview has its log as a file, and does not open again', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	question(open.session, 'photo').attach(file('a.jpg'));
	expect(await finish(open)).toEqual([]);
	const kept = await onlyOne();
	expect(kept.state).toBe('finished');
	expect(kept.xml).toContain('<audit>audit.csv</audit>');
	expect(kept.fileNames).toHaveLength(2);
	const log = new TextDecoder().decode((await vault.interviews.file(kept.id, 'audit.csv'))?.bytes);
	expect(log.split('\n')[0]).toBe('event,node,start,end,old-value,new-value');
	expect(log).toContain('/data/age');
	expect(log).toContain('form finalize');
	expect(await troubleOf(goOn(vault, kept.id))).toBe('phone.finished_already');
	expect(await troubleOf(begin(vault, TASK, FORM))).toBe('phone.draft_exists');
});

test('a draft that is still being written never comes after the finished interview', async () => {
	const open = await begin(vault, TASK, FORM);
	const order: string[] = [];
	const save = vault.interviews.save.bind(vault.interviews);
	vi.spyOn(vault.interviews, 'save').mockImplementation(async (kept, files) => {
		order.push(`${kept.state} begins`);
		if (kept.state === 'finished') {
			question(open.session, 'name').give('示例人乙');
		}
		await save(kept, files);
		order.push(`${kept.state} is there`);
	});
	const slow = new Promise((resolve) => setTimeout(resolve, 50));
	const write = open.saver as unknown as { write: typeof save };
	write.write = async (kept, files) => {
		order.push('draft begins');
		await slow;
		await save(kept, files);
		order.push('draft is there');
	};
	question(open.session, 'age').give('30');
	question(open.session, 'photo').attach(file('a.jpg'));
	expect(await finish(open)).toEqual([]);
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(order).toEqual(['draft begins', 'draft is there', 'finished begins', 'finished is there']);
	expect((await onlyOne()).state).toBe('finished');
});

test('closing waits for a finish that is under way, and makes no draft of what was finished', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	await open.saver.flush();
	const { id } = await onlyOne();
	const save = vault.interviews.save.bind(vault.interviews);
	let write = (): void => undefined;
	const slow = new Promise<void>((resolve) => (write = resolve));
	vi.spyOn(vault.interviews, 'save').mockImplementation(async (kept, files) => {
		await slow;
		await save(kept, files);
	});
	const finishing = finish(open);
	const closing = open.close();
	expect(await troubleOf(goOn(vault, id))).toBe('phone.open_elsewhere');
	write();
	expect([await finishing, await closing]).toEqual([[], true]);
	expect((await onlyOne()).state).toBe('finished');
	expect(await troubleOf(goOn(vault, id))).toBe('phone.finished_already');
});

test('closing after a finish that failed saves the draft', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	const save = vi.spyOn(vault.interviews, 'save').mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
	const finishing = finish(open);
	const closing = open.close();
	await expect(finishing).rejects.toThrow('full');
	save.mockRestore();
	expect(await closing).toBe(true);
	expect(await onlyOne()).toMatchObject({ state: 'draft', fileNames: [] });
});

test('when finishing cannot be written it stays a draft, open, and is finished later', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	await open.saver.flush();
	vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
		throw new DOMException('full', 'QuotaExceededError');
	});
	expect(await troubleOf(finish(open))).toBe('phone.storage_full');
	vi.restoreAllMocks();
	expect((await onlyOne()).state).toBe('draft');
	question(open.session, 'age').give('31');
	expect(await finish(open)).toEqual([]);
	expect((await onlyOne()).xml).toContain('<age>31</age>');
});

test('what a failed finish leaves behind is a draft with the answers and files that are not asked now', async () => {
	const hiding = simple.replace(
		'"/data/photo" type="binary"',
		'"/data/photo" type="binary" relevant="/data/age &gt; 15"',
	);
	await vault.forms.save({ ...FORM, name: '示例问卷', hash: 'md5:1', xml: hiding, media: new Map(), withdrawn: false });
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	question(open.session, 'sex').give('female');
	question(open.session, 'photo').attach(file('a.jpg'));
	question(open.session, 'age').give('3');
	await open.saver.flush();
	const save = vi.spyOn(vault.interviews, 'save').mockRejectedValue(new DOMException('full', 'QuotaExceededError'));
	await expect(finish(open)).rejects.toThrow('full');
	save.mockRestore();
	expect(await open.saver.flush()).toBe(true);
	const kept = await onlyOne();
	expect(kept.state).toBe('draft');
	expect(kept.xml).toContain('<sex>female</sex>');
	expect(kept.fileNames).toHaveLength(1);
	expect(await vault.interviews.file(kept.id, kept.fileNames[0] ?? '')).not.toBeNull();
	await open.close();
});

test('a page that cannot save does not close, and loses nothing when it can again', async () => {
	const open = await begin(vault, TASK, FORM);
	vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
		throw new DOMException('full', 'QuotaExceededError');
	});
	question(open.session, 'age').give('30');
	expect(await open.close()).toBe(false);
	expect(open.saver.trouble.value?.code).toBe('phone.storage_full');
	vi.restoreAllMocks();
	expect(await open.close()).toBe(true);
	expect((await onlyOne()).xml).toContain('<age>30</age>');
});

test('who leaves while a draft is being written holds it until that has ended, and writes nothing older afterwards', async () => {
	const first = await begin(vault, TASK, FORM);
	question(first.session, 'age').give('30');
	await first.saver.flush();
	const { id } = await onlyOne();
	let fail = (): void => undefined;
	const save = vi.spyOn(first.saver as unknown as { write: Write }, 'write');
	save.mockReturnValue(
		new Promise((_, reject) => (fail = () => reject(new DOMException('full', 'QuotaExceededError')))),
	);
	question(first.session, 'age').give('31');
	void first.saver.flush();
	const left = first.leave();
	expect(await troubleOf(goOn(vault, id))).toBe('phone.open_elsewhere');
	fail();
	await left;
	save.mockRestore();
	const second = await goOn(vault, id);
	question(second.session, 'age').give('44');
	await second.saver.flush();
	await new Promise((resolve) => setTimeout(resolve, 2500));
	expect((await onlyOne()).xml).toContain('<age>44</age>');
	await second.close();
});

/** An interview that was sent from this phone and came back. */
async function sentAndReturned(): Promise<ReturnedInterview> {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'income').give('20000');
	question(open.session, 'photo').attach(file('a.jpg'));
	await finish(open);
	const kept = await onlyOne();
	const hash = await sha256(bytesOf(kept.xml));
	await vault.interviews.markSent(kept.id, {
		instance_id: kept.instanceId,
		sha256: hash,
		received_at: '2026-11-23T08:00:00Z',
		files: [],
		missing: [],
	});
	return {
		instance_id: kept.instanceId,
		root_instance_id: kept.instanceId,
		form_id: 'simple',
		version: '1',
		about: 'household',
		unit_id: '001',
		sha256: hash,
		returned_at: '2026-11-23T09:00:00Z',
		words: '请核对收入。',
		comments: [{ path: '/data/income', question: '收入（元）', words: '是否含转移性收入？' }],
		complaints: [],
		url: 'https://survey.example/returned/1',
		files: [],
	};
}

test('a returned interview is corrected: a new number, the old one named, files and comments beside it', async () => {
	const returned = await sentAndReturned();
	const open = await correct(vault, returned);
	expect(open.fixed.comments.map(({ words }) => words)).toEqual(['请核对收入。', '是否含转移性收入？']);
	expect(open.session.instanceId).not.toBe(returned.instance_id);
	expect(open.saver.state.value).toBe('new');
	question(open.session, 'age').give('30');
	expect(await finish(open)).toEqual([]);
	const all = await vault.interviews.list();
	const correction = await vault.interviews.read(all.find((each) => each.state === 'finished')?.id ?? '');
	expect(correction).toMatchObject({ corrects: returned.instance_id, unitId: '001', assignmentId: 'assignment-001' });
	expect(correction.xml).toContain(`deprecatedID>${returned.instance_id}<`);
	expect(correction.xml).toContain('<income>20000</income>');
	expect(correction.fileNames).toHaveLength(2);
	expect(await vault.interviews.file(correction.id, correction.fileNames[0] ?? '')).not.toBeNull();
	expect(await troubleOf(correct(vault, returned))).toBe('phone.correction_waiting');
});

test('a correction in which nothing was changed is finished at once, with the files of the interview before', async () => {
	const returned = await sentAndReturned();
	const open = await correct(vault, returned);
	expect(await finish(open)).toEqual([]);
	const all = await vault.interviews.list();
	const correction = await vault.interviews.read(all.find((each) => each.state === 'finished')?.id ?? '');
	expect(correction.corrects).toBe(returned.instance_id);
	expect(correction.fileNames).toHaveLength(2);
	const [photo = ''] = correction.fileNames;
	expect(new TextDecoder().decode((await vault.interviews.file(correction.id, photo))?.bytes)).toBe('bytes of a.jpg');
});

test('a correction that was begun is gone on with, in one tab', async () => {
	const returned = await sentAndReturned();
	const open = await correct(vault, returned);
	expect(await troubleOf(correct(vault, returned))).toBe('phone.open_elsewhere');
	question(open.session, 'age').give('30');
	await open.close();
	const again = await correct(vault, returned);
	expect(again.fixed.id).toBe(open.fixed.id);
	expect(question(again.session, 'age').answer).toBe('30');
	expect(again.fixed.comments).toHaveLength(2);
	await again.close();
});

test('a correction that was begun is opened by no other way while it is open', async () => {
	const returned = await sentAndReturned();
	const open = await correct(vault, returned);
	question(open.session, 'age').give('30');
	await open.saver.flush();
	expect(await troubleOf(goOn(vault, open.fixed.id))).toBe('phone.open_elsewhere');
	expect(await troubleOf(removeInterview(vault, open.fixed.id, true))).toBe('phone.open_elsewhere');
	await open.close();
	await (await goOn(vault, open.fixed.id)).close();
});

test('two pages that begin a correction at once begin one', async () => {
	const returned = await sentAndReturned();
	const both = await Promise.allSettled([correct(vault, returned), correct(vault, returned)]);
	const opened = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
	expect(opened).toHaveLength(1);
	question(opened[0]!.session, 'age').give('30');
	await opened[0]!.close();
	const found = correct(vault, returned);
	const other = correct(vault, returned);
	const again = await Promise.allSettled([found, other]);
	expect(again.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect((await vault.interviews.list()).filter(({ state }) => state === 'draft')).toHaveLength(1);
});

test('a draft of which a photo was damaged opens without it, and the other answers are there', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'age').give('30');
	question(open.session, 'photo').attach(file('a.jpg'));
	await open.close();
	const opened = await database();
	const [record] = await opened.getAll('files');
	new Uint8Array(record!.sealed.bytes)[10]! ^= 1;
	await opened.put('files', record!);
	const again = await goOn(vault, open.fixed.id);
	expect(question(again.session, 'age').answer).toBe('30');
	expect([...again.session.files().keys()]).toEqual([]);
	question(again.session, 'photo').attach(file('b.jpg'));
	expect(await finish(again)).toEqual([]);
	expect((await onlyOne()).fileNames).toHaveLength(2);
});

test('a returned interview that is not here, or is another than the server holds, waits for the network', async () => {
	const returned = await sentAndReturned();
	expect(await troubleOf(correct(vault, { ...returned, sha256: '0'.repeat(64) }))).toBe('phone.returned_not_here');
	expect(await troubleOf(correct(vault, { ...returned, instance_id: 'uuid:other' }))).toBe('phone.returned_not_here');
});

test('an interview is read while it is open elsewhere, with its files, and stays as it was', async () => {
	const open = await begin(vault, TASK, FORM);
	question(open.session, 'name').give('示例人甲');
	question(open.session, 'photo').attach(file('house.jpg', 'picture'));
	await open.saver.flush();
	const before = await onlyOne();
	const read = await toRead(vault, before.id);
	expect(question(read.session, 'name').answer).toBe('示例人甲');
	expect([...read.files.keys()]).toEqual(before.fileNames);
	expect(read.session.xml()).toBe(before.xml);
	question(read.session, 'name').give('示例人乙');
	expect(await onlyOne()).toEqual(before);
});
