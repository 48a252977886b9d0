/** What lies in the browser's database, and how an older one becomes it. */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';

import type { ForServer, UnderPin, UnderSecret } from './keys.ts';
import type { Sealed } from './sealing.ts';

/** A person on this phone: what has to be known before anything is unlocked. */
export interface PersonRecord {
	readonly id: string;
	/** `https://host` of the service, and who the person is there; together they are unique. */
	readonly server: string;
	readonly evaluationId: string;
	/** What the service's addresses call the evaluation. */
	readonly evaluationCode: string;
	readonly personId: string;
	readonly name: string;
	readonly evaluation: string;
	readonly deviceId: string;
	readonly token: Sealed;
	readonly underPin: UnderPin;
	readonly underToken: UnderSecret;
	readonly forServer: ForServer;
	/** Wrong PINs since the last right one, and when the last was tried, in milliseconds since 1970. */
	readonly wrongPins: number;
	readonly triedAt: number;
}

export interface SealedRecord {
	readonly key: string;
	readonly owner: string;
	readonly sealed: Sealed;
}

export interface SummaryRecord extends SealedRecord {
	/** In clear, for who forgets a locked person or hands a locked phone's interviews over. */
	readonly unsent: boolean;
	/** Another with each change: who read the one before must not write over it. */
	readonly revision: string;
}

export interface FileRecord extends SealedRecord {
	readonly interview: string;
}

export interface Schema extends DBSchema {
	people: { key: string; value: PersonRecord; indexes: { whose: [string, string, string] } };
	summaries: { key: string; value: SummaryRecord; indexes: { owner: string } };
	contents: { key: string; value: SealedRecord; indexes: { owner: string } };
	files: { key: string; value: FileRecord; indexes: { owner: string; interview: string } };
	forms: { key: string; value: SealedRecord; indexes: { owner: string } };
	form_contents: { key: string; value: SealedRecord; indexes: { owner: string } };
	lists: { key: string; value: SealedRecord; indexes: { owner: string } };
}

export const RECORD_STORES = ['summaries', 'contents', 'files', 'forms', 'form_contents', 'lists'] as const;

export type Upgrade = (
	database: IDBPDatabase<Schema>,
	transaction: IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>,
) => void | Promise<void>;

/** The n-th of these makes version n of version n - 1; all run in one transaction, so a phone is never between two versions. */
export const UPGRADES: readonly Upgrade[] = [
	(database, transaction) => {
		const people = database.createObjectStore('people', { keyPath: 'id' });
		people.createIndex('whose', ['server', 'evaluationId', 'personId'], { unique: true });
		for (const name of RECORD_STORES) {
			database.createObjectStore(name, { keyPath: 'key' }).createIndex('owner', 'owner');
		}
		transaction.objectStore('files').createIndex('interview', 'interview');
	},
];
