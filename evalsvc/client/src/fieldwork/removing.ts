/** Takes interviews off the phone, unless they are open or being written somewhere. */
import { forget, interviewsOf } from '../vault/people.ts';
import type { Vault } from '../vault/vault.ts';
import { Held, hold } from './holding.ts';

/**
 * Remove an interview and its files. Throws `phone.unsent` where it was not sent, unless `evenUnsent`: then somebody was
 * asked twice; `phone.open_elsewhere` where it is open in a tab, this one included.
 */
export async function removeInterview(vault: Vault, id: string, evenUnsent = false): Promise<void> {
	const release = await hold(`interview ${id}`);
	try {
		await vault.interviews.remove(id, evenUnsent);
	} finally {
		release();
	}
}

/**
 * Remove a person with everything of theirs. Throws `phone.unsent` where other than the `agreed` number of interviews is
 * unsent: another tab may have saved one since somebody was asked; `phone.open_elsewhere` where one is open in a tab.
 */
export async function forgetPerson(personId: string, agreed: number): Promise<void> {
	const held = new Held();
	try {
		for (const id of await interviewsOf(personId)) {
			await held.also(`interview ${id}`);
		}
		await forget(personId, agreed);
	} finally {
		held.release();
	}
}
