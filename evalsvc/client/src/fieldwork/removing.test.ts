import { beforeEach, expect, test } from 'vitest';

import { listPeople } from '../vault/people.ts';
import { enrolled, interview, troubleOf } from '../vault/samples.ts';
import type { Vault } from '../vault/vault.ts';
import { hold } from './holding.ts';
import { giveLocks } from './locks_for_tests.ts';
import { forgetPerson } from './removing.ts';

let vault: Vault;

beforeEach(async () => {
	giveLocks();
	vault = await enrolled();
	await vault.interviews.save(interview(), []);
	await vault.interviews.save(interview({ id: 'interview-2', state: 'finished' }), []);
});

test('nobody is removed from the phone while one of their interviews is open in another page', async () => {
	const release = await hold('interview interview-2');
	expect(await troubleOf(forgetPerson(vault.person.id, 2))).toBe('phone.open_elsewhere');
	expect((await vault.interviews.list()).map(({ id }) => id)).toEqual(['interview-1', 'interview-2']);
	release();
	await forgetPerson(vault.person.id, 2);
	expect(await listPeople()).toEqual([]);
});

test('where more lies on the phone than was agreed nothing is removed, and nothing stays held', async () => {
	await vault.interviews.save(interview({ id: 'interview-3' }), []);
	expect(await troubleOf(forgetPerson(vault.person.id, 2))).toBe('phone.unsent');
	expect(await vault.interviews.list()).toHaveLength(3);
	for (const { id } of await vault.interviews.list()) {
		(await hold(`interview ${id}`))();
	}
});

test('who begins an interview while a person is removed keeps the person', async () => {
	const release = await hold('interview interview-2');
	const removing = troubleOf(forgetPerson(vault.person.id, 2));
	await vault.interviews.save(interview({ id: 'interview-3' }), []);
	release();
	expect(await removing).toBe('phone.unsent');
	expect(await listPeople()).toMatchObject([{ unsent: 3 }]);
});
