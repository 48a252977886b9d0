import type { Trouble } from '../model.ts';

/** Thrown by everything that keeps or opens something on the phone. */
export class VaultTrouble extends Error {
	readonly trouble: Trouble;

	constructor(code: string, details: Trouble['details'] = {}) {
		super(code);
		this.name = 'VaultTrouble';
		this.trouble = { code, details, said: null };
	}
}

/** Return what the database of the browser threw as a trouble; its messages may quote what is stored, so its name alone is told. */
export function storageTrouble(error: unknown): VaultTrouble {
	if (error instanceof VaultTrouble) {
		return error;
	}
	const name = nameOf(error);
	const code = CODES.get(name);
	return code === undefined ? new VaultTrouble('phone.storage_failed', { name }) : new VaultTrouble(code);
}

const CODES = new Map([
	['QuotaExceededError', 'phone.storage_full'],
	['VersionError', 'phone.database_newer'],
]);

/** The name of an error; errors of the browser come from several worlds, so their class tells nothing. */
export function nameOf(error: unknown): string {
	const name = (error as { name?: unknown } | null)?.name;
	return typeof name === 'string' ? name : typeof error;
}

/** Read something; null where its record is damaged, which takes no other away. */
export async function unlessDamaged<T>(look: () => Promise<T>): Promise<T | null> {
	try {
		return await look();
	} catch (error) {
		if (error instanceof VaultTrouble && error.trouble.code === 'phone.record_damaged') {
			return null;
		}
		throw error;
	}
}
