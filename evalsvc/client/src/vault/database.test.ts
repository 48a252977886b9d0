// @vitest-environment node
import { beforeEach, expect, test } from 'vitest';

import { closeDatabase, database, openDatabase, write } from './database.ts';
import { enrol, listPeople, unlockByPin } from './people.ts';
import { CODE, deviceInfo, emptyPhone, file, interview, PIN, SERVER, TOKEN, troubleOf } from './samples.ts';
import { type Upgrade, UPGRADES } from './schema.ts';

beforeEach(emptyPhone);

/** A step of a later version: every summary gets something that it had not. */
const later: Upgrade = async (_database, transaction) => {
	const summaries = transaction.objectStore('summaries');
	for (const record of await summaries.getAll()) {
		await summaries.put({ ...record, revision: 'from the later version' });
	}
};

async function phoneWithInterview() {
	const vault = await enrol(SERVER, TOKEN, deviceInfo(), PIN, CODE);
	await vault.interviews.save(interview({ fileNames: ['a.jpg'] }), [file('a.jpg')]);
	return vault;
}

test('a later version takes over everything that is on the phone', async () => {
	await phoneWithInterview();
	await closeDatabase();
	const upgraded = await openDatabase([...UPGRADES, later]);
	expect(upgraded.version).toBe(UPGRADES.length + 1);
	expect((await upgraded.get('summaries', 'interview-1'))?.revision).toBe('from the later version');
	expect(await upgraded.count('files')).toBe(1);
	upgraded.close();
});

test('an upgrade that breaks off leaves the version before, whole', async () => {
	const { person } = await phoneWithInterview();
	await closeDatabase();
	const breaking: Upgrade = async (opened, transaction) => {
		opened.deleteObjectStore('files');
		await transaction.objectStore('people').clear();
		throw new Error('battery');
	};
	await expect(openDatabase([...UPGRADES, breaking])).rejects.toThrow();
	const vault = await unlockByPin(person.id, PIN);
	expect(await vault.interviews.file('interview-1', 'a.jpg')).toEqual(file('a.jpg'));
});

test('a page of an older version is told so, and changes nothing', async () => {
	await phoneWithInterview();
	await closeDatabase();
	(await openDatabase([...UPGRADES, later])).close();
	expect(await troubleOf(listPeople())).toBe('phone.database_newer');
	const again = await openDatabase([...UPGRADES, later]);
	expect(await again.count('summaries')).toBe(1);
	again.close();
});

test('a later version waits while another page works with the older one', async () => {
	const vault = await phoneWithInterview();
	expect(await troubleOf(openDatabase([...UPGRADES, later]))).toBe('phone.database_held');
	await vault.interviews.save(interview({ xml: '<data>later</data>', fileNames: ['a.jpg'] }), []);
	expect((await vault.interviews.read('interview-1')).xml).toContain('later');
});

test('what a change throws undoes it', async () => {
	const { person } = await phoneWithInterview();
	const changing = write(['people', 'summaries'], async (all) => {
		await all.objectStore('people').delete(person.id);
		throw new TypeError('mistake');
	});
	expect(await troubleOf(changing)).toBe('phone.storage_failed');
	expect(await (await database()).count('people')).toBe(1);
});
