/** The database of the browser: one connection of the page, and transactions that are whole or have not been. */
import { type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';

import { type Schema, type Upgrade, UPGRADES } from './schema.ts';
import { nameOf, storageTrouble, VaultTrouble } from './trouble.ts';

export const DATABASE_NAME = 'evalsvc';

type Connection = IDBPDatabase<Schema>;
type Stores = StoreNames<Schema>[];
export type Writing = IDBPTransaction<Schema, Stores, 'readwrite'>;
export type Reading = IDBPTransaction<Schema, Stores, 'readonly'>;

let connection: Promise<Connection> | null = null;

/** The connection of this page, opened when it is first needed. Throws `phone.database_newer`, `phone.database_held`. */
export function database(): Promise<Connection> {
	connection ??= openDatabase(UPGRADES).catch((error: unknown) => {
		connection = null;
		throw storageTrouble(error);
	});
	return connection;
}

/** Close the connection; what comes next opens another. */
export async function closeDatabase(): Promise<void> {
	const opened = await connection?.catch(() => null);
	connection = null;
	opened?.close();
}

/** Open the database in the version that the upgrades lead to. */
export function openDatabase(upgrades: readonly Upgrade[]): Promise<Connection> {
	return new Promise((resolve, reject) => {
		let refused = false;
		const opening = openDB<Schema>(DATABASE_NAME, upgrades.length, {
			async upgrade(opened, from, _to, transaction) {
				try {
					for (const step of upgrades.slice(from)) {
						await step(opened, transaction);
					}
				} catch (error) {
					refused = true;
					transaction.done.catch(() => undefined);
					transaction.abort();
					reject(storageTrouble(error));
				}
			},
			// A form may be open on the older version in another tab; it is not cut off, so this one has to wait.
			blocked() {
				refused = true;
				reject(new VaultTrouble('phone.database_held'));
			},
			// The browser may close a connection by itself, on a phone that is short of memory.
			terminated: () => void (connection = null),
		});
		opening.then((opened) => (refused ? opened.close() : resolve(opened)), reject);
	});
}

/**
 * Change stores in one transaction that has reached the disk when this resolves. `change` awaits requests of the
 * transaction, each before the next, and nothing else; what it throws undoes everything. Throws VaultTrouble.
 */
export async function write(stores: Stores, change: (transaction: Writing) => Promise<unknown>): Promise<void> {
	const transaction = await begun((opened) => opened.transaction(stores, 'readwrite', { durability: 'strict' }));
	const changing = change(transaction).catch((error: unknown) => {
		abort(transaction);
		throw error;
	});
	const [changed, done] = await Promise.allSettled([changing, transaction.done]);
	if (done.status === 'rejected') {
		throw storageTrouble(causeOf(changed, done.reason));
	}
	if (changed.status === 'rejected') {
		throw storageTrouble(changed.reason);
	}
}

/** Read from stores as they are at one moment. Throws VaultTrouble. */
export async function read<T>(stores: Stores, look: (transaction: Reading) => Promise<T>): Promise<T> {
	const transaction = await begun((opened) => opened.transaction(stores, 'readonly'));
	try {
		return await look(transaction);
	} catch (error) {
		throw storageTrouble(error);
	}
}

async function begun<T>(begin: (opened: Connection) => T): Promise<T> {
	try {
		return begin(await database());
	} catch (error) {
		if (nameOf(error) !== 'InvalidStateError') {
			throw storageTrouble(error);
		}
	}
	// The browser had closed the connection and not said so yet.
	connection = null;
	try {
		return begin(await database());
	} catch (error) {
		throw storageTrouble(error);
	}
}

function abort(transaction: Writing): void {
	try {
		transaction.abort();
	} catch {
		// It has ended already.
	}
}

/** A transaction that was ended by what `change` threw has no reason of its own; one that the browser ended does. */
function causeOf(changed: PromiseSettledResult<unknown>, ended: unknown): unknown {
	const own = nameOf(ended) === 'AbortError';
	return own && changed.status === 'rejected' ? changed.reason : ended;
}
