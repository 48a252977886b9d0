/** Wrong PINs are counted on the disk before each try is judged, and each one more makes the next wait longer. */
import { read, write } from './database.ts';
import type { PersonRecord } from './schema.ts';
import { VaultTrouble } from './trouble.ts';

const WITHOUT_WAITING = 3;
const FIRST_WAIT = 5;
const LONGEST_WAIT = 3600;

/** Seconds to wait after so many wrong PINs in a row. */
export function waitAfter(wrong: number): number {
	return wrong < WITHOUT_WAITING ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - WITHOUT_WAITING));
}

/** Count a try as wrong until it proves right, so that ending the page does not save it. Throws `phone.pin_wait`. */
export async function countTry(id: string): Promise<void> {
	const now = Date.now();
	let seconds = 0;
	await write(['people'], async (all) => {
		const person = await all.objectStore('people').get(id);
		if (person === undefined) {
			throw new VaultTrouble('phone.person_gone');
		}
		seconds = secondsLeft(person, now);
		const counted = seconds > 0 ? {} : { wrongPins: person.wrongPins + 1, triedAt: now };
		// A clock that was set back begins the wait anew, once, and locks nobody out for longer.
		await all.objectStore('people').put({ ...person, triedAt: Math.min(person.triedAt, now), ...counted });
	});
	if (seconds > 0) {
		throw new VaultTrouble('phone.pin_wait', { seconds });
	}
}

/** What a wrong PIN says: with the seconds until the next try, where there are any. */
export async function wrongPin(id: string): Promise<VaultTrouble> {
	const person = await read(['people'], (all) => all.objectStore('people').get(id));
	const seconds = waitAfter(person?.wrongPins ?? 0);
	return seconds === 0 ? new VaultTrouble('phone.pin_wrong') : new VaultTrouble('phone.pin_wrong_wait', { seconds });
}

function secondsLeft(person: PersonRecord, now: number): number {
	const wait = waitAfter(person.wrongPins);
	return Math.max(0, Math.ceil(wait - Math.max(0, now - person.triedAt) / 1000));
}
