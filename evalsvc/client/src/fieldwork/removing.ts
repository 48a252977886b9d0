/** Takes an interview off the phone, unless it is open or being written somewhere. */
import type { Vault } from '../vault/vault.ts';
import { hold } from './holding.ts';

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
