// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { database } from './database.ts';
import { changePin, enrol, forget, interviewsOf, listPeople, unlockByPin, unlockByToken } from './people.ts';
import { CODE, deviceInfo, emptyPhone, enrolled, interview, PIN, SERVER, TOKEN, troubleOf } from './samples.ts';
import { waitAfter } from './wrong_pins.ts';

beforeEach(emptyPhone);
afterEach(() => {
	vi.useRealTimers();
});

test('who is enrolled is listed before anything is unlocked, and opens with the PIN', async () => {
	const made = await enrol(SERVER, TOKEN, deviceInfo(), PIN, CODE);
	await made.interviews.save(interview(), []);
	const [person] = await listPeople();
	expect(person).toMatchObject({ name: '示例调查员', evaluation: '示例评估', server: SERVER, unsent: 1 });
	const opened = await unlockByPin(person?.id ?? '', '２０４０６０');
	expect(opened.token).toBe(TOKEN);
	expect(opened.address).toBe(`${SERVER}/v1/key/${TOKEN}/evaluations/${CODE}`);
	expect((await opened.interviews.read('interview-1')).xml).toContain('示例户 001');
	expect(opened.person.deviceId).toMatch(/^evalsvc:[0-9a-f-]{36}$/);
});

test('nothing that was said or answered can be read in the database', async () => {
	const vault = await enrol(SERVER, TOKEN, deviceInfo(), PIN, CODE);
	await vault.interviews.save(interview({ fileNames: ['示例户.jpg'] }), [
		{ name: '示例户.jpg', type: 'image/jpeg', bytes: new TextEncoder().encode('picture of a household') },
	]);
	await vault.lists.write('tasks', { tasks: [], askedAt: '2026-11-23T00:00:00Z' });
	const opened = await database();
	const texts: string[] = [];
	for (const name of opened.objectStoreNames) {
		for (const record of await opened.getAll(name)) {
			texts.push(...everyText(record));
		}
	}
	const all = texts.join('\n');
	expect(all).toContain('示例调查员');
	for (const secret of [TOKEN, PIN, '示例户', 'picture of a household', 'uuid:1', 'askedAt']) {
		expect(all).not.toContain(secret);
	}
});

function everyText(value: unknown): string[] {
	if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
		return [new TextDecoder().decode(value as ArrayBuffer)];
	}
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(everyText) : [String(value)];
}

test('the same person of the same evaluation is enrolled once', async () => {
	await enrol(SERVER, TOKEN, deviceInfo(), PIN, CODE);
	expect(await troubleOf(enrol(SERVER, 'another-token', deviceInfo(), '111111', CODE))).toBe('phone.person_known');
	await enrol(SERVER, TOKEN, deviceInfo({ person: { id: 'person-2', name: '另一位' } }), PIN, CODE);
	expect(await listPeople()).toHaveLength(2);
});

test('a short PIN and a key that is none are refused, and leave nobody behind', async () => {
	expect(await troubleOf(enrol(SERVER, TOKEN, deviceInfo(), '12345', CODE))).toBe('phone.pin_short');
	const info = deviceInfo({ unsent_key: { id: 'key-1', spki: 'AAAA' } });
	expect(await troubleOf(enrol(SERVER, TOKEN, info, PIN, CODE))).toBe('phone.server_key');
	expect(await listPeople()).toEqual([]);
});

test('wrong PINs are waited for, longer each time, and the wait outlives the page', async () => {
	const { person } = await enrolled();
	vi.useFakeTimers({ toFake: ['Date'] });
	for (const code of [
		'phone.pin_wrong',
		'phone.pin_wrong',
		'phone.pin_wrong_wait',
		'phone.pin_wait',
		'phone.pin_wait',
	]) {
		expect(await troubleOf(unlockByPin(person.id, '000000'))).toBe(code);
	}
	expect(await troubleOf(unlockByPin(person.id, PIN))).toBe('phone.pin_wait');
	vi.advanceTimersByTime(5000);
	expect(await troubleOf(unlockByPin(person.id, '000000'))).toBe('phone.pin_wrong_wait');
	vi.advanceTimersByTime(9000);
	expect(await troubleOf(unlockByPin(person.id, PIN))).toBe('phone.pin_wait');
	vi.advanceTimersByTime(1000);
	expect((await unlockByPin(person.id, PIN)).person.id).toBe(person.id);
	expect(await troubleOf(unlockByPin(person.id, '000000'))).toBe('phone.pin_wrong');
});

test('waits double up to an hour', () => {
	expect([0, 2, 3, 4, 5].map(waitAfter)).toEqual([0, 0, 5, 10, 20]);
	expect(waitAfter(1000)).toBe(3600);
});

test('two tries at once count twice', async () => {
	const { person } = await enrolled();
	await Promise.all([1, 2, 3].map(() => troubleOf(unlockByPin(person.id, '000000'))));
	expect(await troubleOf(unlockByPin(person.id, PIN))).toBe('phone.pin_wait');
});

test('a clock that was set back locks nobody out for longer than the wait', async () => {
	const { person } = await enrolled();
	vi.useFakeTimers({ toFake: ['Date'] });
	for (let tries = 0; tries < 3; tries += 1) {
		await troubleOf(unlockByPin(person.id, '000000'));
	}
	vi.setSystemTime(new Date('2001-01-01T00:00:00Z'));
	expect(await troubleOf(unlockByPin(person.id, PIN))).toBe('phone.pin_wait');
	vi.advanceTimersByTime(5000);
	expect((await unlockByPin(person.id, PIN)).person.id).toBe(person.id);
});

test('who forgot the PIN opens with the same code and gives a new PIN', async () => {
	const { person } = await enrolled();
	expect(await troubleOf(unlockByToken(person.id, 'another-token', '777777'))).toBe('phone.token_other');
	await unlockByToken(person.id, TOKEN, '777777');
	expect(await troubleOf(unlockByPin(person.id, PIN))).toBe('phone.pin_wrong');
	expect((await unlockByPin(person.id, '777777')).token).toBe(TOKEN);
});

test('the PIN is changed by who knows it', async () => {
	const { person } = await enrolled();
	expect(await troubleOf(changePin(person.id, '000000', '777777'))).toBe('phone.pin_wrong');
	expect(await troubleOf(changePin(person.id, PIN, '77'))).toBe('phone.pin_short');
	await changePin(person.id, PIN, '777777');
	expect((await unlockByPin(person.id, '777777')).token).toBe(TOKEN);
});

test('another token takes the place of the old one', async () => {
	const vault = await enrolled();
	await vault.interviews.save(interview(), []);
	await vault.replaceToken('a-newer-token');
	expect(vault.token).toBe('a-newer-token');
	expect(await troubleOf(unlockByToken(vault.person.id, TOKEN, PIN))).toBe('phone.token_other');
	const opened = await unlockByToken(vault.person.id, 'a-newer-token', PIN);
	expect(opened.token).toBe('a-newer-token');
	expect((await opened.interviews.read('interview-1')).xml).toContain('示例户 001');
});

test('a locked vault gives and takes nothing', async () => {
	const vault = await enrolled();
	await vault.interviews.save(interview(), []);
	vault.lock();
	expect(() => vault.token).toThrow('phone.locked');
	expect(await troubleOf(vault.interviews.list())).toBe('phone.locked');
	expect(await troubleOf(vault.interviews.read('interview-1'))).toBe('phone.locked');
	expect(await troubleOf(vault.interviews.save(interview({ xml: '<data/>' }), []))).toBe('phone.locked');
});

test('forgetting a person takes everything, and unsent interviews only as many as was agreed', async () => {
	const vault = await enrolled();
	const other = await enrol(SERVER, TOKEN, deviceInfo({ person: { id: 'person-2', name: '另一位' } }), PIN, CODE);
	await vault.interviews.save(interview(), []);
	await vault.lists.write('tasks', { tasks: [], askedAt: '2026-11-23T00:00:00Z' });
	await other.interviews.save(interview({ id: 'interview-2' }), []);
	for (const agreed of [0, 2]) {
		await expect(forget(vault.person.id, agreed)).rejects.toMatchObject({
			trouble: { code: 'phone.unsent', details: { number: 1 } },
		});
	}
	expect((await vault.interviews.read('interview-1')).xml).toContain('示例户 001');
	await forget(vault.person.id, 1);
	expect((await listPeople()).map((person) => person.id)).toEqual([other.person.id]);
	expect(await troubleOf(vault.interviews.read('interview-1'))).toBe('phone.interview_gone');
	expect(await vault.lists.read('tasks')).toBeNull();
	expect((await other.interviews.list()).map((each) => each.id)).toEqual(['interview-2']);
	expect(await troubleOf(unlockByPin(vault.person.id, PIN))).toBe('phone.person_gone');
});

test('an unsent interview that cannot be read counts among those that forgetting loses', async () => {
	const vault = await enrolled();
	await vault.interviews.save(interview(), []);
	await vault.interviews.save(interview({ id: 'interview-2' }), []);
	const opened = await database();
	const [one, other] = await opened.getAll('summaries');
	await opened.put('summaries', { ...one!, sealed: other!.sealed });
	expect([(await vault.interviews.list()).length, vault.interviews.unreadable]).toEqual([1, 1]);
	expect((await interviewsOf(vault.person.id)).toSorted()).toEqual(['interview-1', 'interview-2']);
	expect(await troubleOf(forget(vault.person.id, 1))).toBe('phone.unsent');
	await forget(vault.person.id, 2);
	expect(await listPeople()).toEqual([]);
});
