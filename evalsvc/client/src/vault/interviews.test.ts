// @vitest-environment node
import { IDBDatabase, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';

import { bytesOf, sha256 } from './bytes.ts';
import { database } from './database.ts';
import { enrolled, file, interview, PIN, troubleOf } from './samples.ts';
import { unlockByPin } from './people.ts';

afterEach(() => {
	vi.restoreAllMocks();
});

async function receiptOf(xml: string) {
	return {
		instance_id: 'uuid:1',
		sha256: await sha256(bytesOf(xml)),
		received_at: '2026-11-23T03:00:00Z',
		files: [],
		missing: [],
	};
}

test('an interview comes back with its files, bit for bit', async () => {
	const { interviews } = await enrolled();
	const kept = interview({ fileNames: ['a.jpg', 'b.jpg'] });
	await interviews.save(kept, [file('a.jpg'), file('b.jpg', '')]);
	expect(await interviews.read('interview-1')).toEqual(kept);
	expect(await interviews.file('interview-1', 'a.jpg')).toEqual(file('a.jpg'));
	expect((await interviews.file('interview-1', 'b.jpg'))?.bytes).toHaveLength(0);
	expect(await interviews.file('interview-1', 'c.jpg')).toBeNull();
	const { xml, audit, comments, ...summary } = kept;
	expect([xml, audit, comments].every((each) => each !== undefined)).toBe(true);
	expect(await interviews.list()).toEqual([summary]);
});

test('files that are no longer named go, those that are stay without being given again', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview({ fileNames: ['a.jpg', 'b.jpg'] }), [file('a.jpg'), file('b.jpg')]);
	await interviews.save(interview({ fileNames: ['b.jpg', 'c.jpg'] }), [file('c.jpg')]);
	expect(await interviews.file('interview-1', 'a.jpg')).toBeNull();
	expect(await interviews.file('interview-1', 'b.jpg')).toEqual(file('b.jpg'));
	expect(await (await database()).count('files')).toBe(2);
});

test('an interview that names a file which is nowhere is not written, and the one before stays whole', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview({ fileNames: ['a.jpg'] }), [file('a.jpg')]);
	const broken = interviews.save(interview({ xml: '<data/>', fileNames: ['b.jpg'] }), []);
	expect(await troubleOf(broken)).toBe('phone.file_missing');
	expect((await interviews.read('interview-1')).xml).toContain('示例户 001');
	expect(await interviews.file('interview-1', 'a.jpg')).toEqual(file('a.jpg'));
});

/** Let the n-th write into a store fail as a browser does it, in the middle of a transaction. */
function failingPut(n: number, error: DOMException) {
	const put = IDBObjectStore.prototype.put;
	let count = 0;
	vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
		count += 1;
		if (count === n) {
			throw error;
		}
		return put.apply(this, args);
	});
}

test.each([1, 2, 3, 4])('when write %i of a save fails, nothing of it is there', async (n) => {
	const { interviews } = await enrolled();
	const before = interview({ fileNames: ['a.jpg'] });
	await interviews.save(before, [file('a.jpg')]);
	failingPut(n, new DOMException('full', 'QuotaExceededError'));
	const after = interview({ xml: '<data>later</data>', fileNames: ['b.jpg', 'c.jpg'] });
	expect(await troubleOf(interviews.save(after, [file('b.jpg'), file('c.jpg')]))).toBe('phone.storage_full');
	vi.restoreAllMocks();
	expect(await interviews.read('interview-1')).toEqual(before);
	expect(await interviews.file('interview-1', 'a.jpg')).toEqual(file('a.jpg'));
	expect(await interviews.file('interview-1', 'b.jpg')).toBeNull();
	await interviews.save(after, [file('b.jpg'), file('c.jpg')]);
	expect((await interviews.read('interview-1')).xml).toContain('later');
});

test('when the browser ends the transaction at its end, nothing of it is there', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview(), []);
	vi.spyOn(IDBObjectStore.prototype, 'index').mockImplementation(function (this: IDBObjectStore) {
		this.transaction.abort();
		throw new DOMException('gone', 'UnknownError');
	});
	expect(await troubleOf(interviews.save(interview({ xml: '<data/>' }), []))).toBe('phone.storage_failed');
	vi.restoreAllMocks();
	expect((await interviews.read('interview-1')).xml).toContain('示例户 001');
});

test('a save is one strict transaction', async () => {
	const { interviews } = await enrolled();
	const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');
	await interviews.save(interview({ fileNames: ['a.jpg'] }), [file('a.jpg')]);
	expect(begun.mock.calls.filter(([, mode]) => mode === 'readwrite')).toEqual([
		[['summaries', 'contents', 'files', 'people'], 'readwrite', { durability: 'strict' }],
	]);
});

test('records that were swapped or changed do not open, and the others do', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview({ fileNames: ['a.jpg', 'b.jpg'] }), [file('a.jpg'), file('b.jpg')]);
	await interviews.save(interview({ id: 'interview-2', xml: '<data>二</data>' }), []);
	const opened = await database();
	const [one, two] = await opened.getAll('contents');
	const [first, second] = await opened.getAll('files');
	if (!one || !two || !first || !second) {
		throw new Error('records');
	}
	await opened.put('contents', { ...one, sealed: two.sealed });
	await opened.put('files', { ...first, sealed: second.sealed });
	await opened.put('files', { ...second, sealed: first.sealed });
	expect(await troubleOf(interviews.read(one.key))).toBe('phone.record_damaged');
	expect((await interviews.read(two.key)).xml).toBe('<data>二</data>');
	expect(await troubleOf(interviews.file('interview-1', 'a.jpg'))).toBe('phone.record_damaged');
	expect(await interviews.list()).toHaveLength(2);
});

test('one byte that was changed is noticed, and hides no other interview', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview(), []);
	await interviews.save(interview({ id: 'interview-2' }), []);
	const opened = await database();
	const record = await opened.get('summaries', 'interview-1');
	new Uint8Array(record?.sealed.bytes ?? new ArrayBuffer(0))[10]! ^= 1;
	await opened.put('summaries', record!);
	expect((await interviews.list()).map((each) => each.id)).toEqual(['interview-2']);
	expect(interviews.unreadable).toBe(1);
	expect(await troubleOf(interviews.read('interview-1'))).toBe('phone.record_damaged');
});

test('an interview of one person does not open for another', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview(), []);
	const opened = await database();
	const record = await opened.get('summaries', 'interview-1');
	await opened.put('summaries', { ...record!, owner: 'somebody-else' });
	expect(await interviews.list()).toEqual([]);
});

test('only a finished interview with an equal receipt becomes a sent one, and stays as it is then', async () => {
	const { interviews } = await enrolled();
	const kept = interview();
	const receipt = await receiptOf(kept.xml);
	await interviews.save(kept, []);
	expect(await troubleOf(interviews.markSent(kept.id, receipt))).toBe('phone.interview_changed');
	await interviews.save({ ...kept, state: 'finished' }, []);
	expect(await troubleOf(interviews.markSent(kept.id, await receiptOf('<data/>')))).toBe('phone.receipt_differs');
	expect((await interviews.read(kept.id)).state).toBe('finished');
	await interviews.markSent(kept.id, receipt);
	expect(await interviews.read(kept.id)).toMatchObject({ state: 'sent', receivedAt: receipt.received_at });
	expect(await troubleOf(interviews.save({ ...kept, xml: '<data/>' }, []))).toBe('phone.already_sent');
	expect((await interviews.read(kept.id)).xml).toBe(kept.xml);
});

test('a draft is never written over what was finished, nor over what another page has just saved', async () => {
	const { interviews } = await enrolled();
	const kept = interview({ xml: '<data>first</data>' });
	await interviews.save(kept, []);
	const [one, other] = await Promise.allSettled(['one', 'other'].map((xml) => interviews.save({ ...kept, xml }, [])));
	expect([one?.status, other?.status].sort()).toEqual(['fulfilled', 'rejected']);
	expect((await interviews.read(kept.id)).xml).toBe('one');
	await interviews.save({ ...kept, state: 'finished' }, []);
	expect(await troubleOf(interviews.save(kept, []))).toBe('phone.finished_already');
	expect((await interviews.read(kept.id)).state).toBe('finished');
});

test('what another page has changed since is noticed, and not written over at the second attempt either', async () => {
	const vault = await enrolled();
	const other = await unlockByPin(vault.person.id, PIN);
	const kept = interview({ xml: '<data>here</data>' });
	await vault.interviews.save(kept, []);
	await vault.interviews.save(kept, []);
	await other.interviews.save({ ...kept, state: 'finished', xml: '<data>there</data>' }, []);
	expect(await troubleOf(vault.interviews.save(kept, []))).toBe('phone.interview_changed');
	expect(await troubleOf(vault.interviews.save(kept, []))).toBe('phone.finished_already');
	expect((await vault.interviews.read(kept.id)).xml).toBe('<data>there</data>');
});

test('a draft whose summary was damaged is healed by the next answer', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview(), []);
	const opened = await database();
	const record = await opened.get('summaries', 'interview-1');
	new Uint8Array(record?.sealed.bytes ?? new ArrayBuffer(0))[10]! ^= 1;
	await opened.put('summaries', record!);
	await interviews.save(interview({ xml: '<data>later</data>' }), []);
	expect((await interviews.read('interview-1')).xml).toContain('later');
});

test('nothing of a person comes back who was forgotten while an answer was on its way', async () => {
	const { interviews } = await enrolled();
	await (await database()).clear('people');
	expect(await troubleOf(interviews.save(interview({ fileNames: ['a.jpg'] }), [file('a.jpg')]))).toBe(
		'phone.person_gone',
	);
	for (const name of ['summaries', 'contents', 'files'] as const) {
		expect(await (await database()).count(name)).toBe(0);
	}
});

test('trouble is written beside an interview and does not bring back what was changed meanwhile', async () => {
	const { interviews } = await enrolled();
	const kept = interview({ state: 'finished' });
	await interviews.save(kept, []);
	const trouble = { code: 'phone.offline', details: {}, said: null };
	const [noted, saved] = await Promise.allSettled([
		interviews.noteTrouble(kept.id, trouble),
		interviews.save({ ...kept, savedAt: '2026-11-23T05:00:00Z' }, []),
	]);
	expect(saved.status).toBe('fulfilled');
	expect((await interviews.read(kept.id)).savedAt).toBe('2026-11-23T05:00:00Z');
	expect(noted.status === 'fulfilled' || noted.reason.trouble.code === 'phone.interview_changed').toBe(true);
	await interviews.noteTrouble(kept.id, trouble);
	expect((await interviews.read(kept.id)).trouble).toEqual(trouble);
});

test('an unsent interview is removed only when that was said, with everything of it', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview({ fileNames: ['a.jpg'] }), [file('a.jpg')]);
	expect(await troubleOf(interviews.remove('interview-1'))).toBe('phone.unsent');
	await interviews.remove('interview-1', true);
	const opened = await database();
	for (const name of ['summaries', 'contents', 'files'] as const) {
		expect(await opened.count(name)).toBe(0);
	}
});

test('a connection that the browser closed is opened again', async () => {
	const { interviews } = await enrolled();
	await interviews.save(interview(), []);
	(await database()).close();
	await interviews.save(interview({ xml: '<data>later</data>' }), []);
	expect((await interviews.read('interview-1')).xml).toContain('later');
});
