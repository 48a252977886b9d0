/** Who signs in on this phone: enrolling, unlocking, forgetting. */
import type { DeviceInfo } from '../model.ts';
import { bytesOf } from './bytes.ts';
import { read, write } from './database.ts';
import { byPin, byToken, forServer, forUse, newDataKey, underPin, underToken } from './keys.ts';
import { type PersonRecord, RECORD_STORES } from './schema.ts';
import { DataKey } from './sealing.ts';
import { VaultTrouble } from './trouble.ts';
import { amended, type Person, personOf, tokenOf, Vault } from './vault.ts';
import { countTry, wrongPin } from './wrong_pins.ts';

/** Everybody who is signed in on this phone, with the number of unsent interviews. */
export function listPeople(): Promise<readonly Person[]> {
	return read(['people', 'summaries'], async (all) => {
		const unsent = new Map<string, number>();
		for (const record of await all.objectStore('summaries').getAll()) {
			unsent.set(record.owner, (unsent.get(record.owner) ?? 0) + (record.unsent ? 1 : 0));
		}
		const people = await all.objectStore('people').getAll();
		return people.map((record) => ({ ...personOf(record), unsent: unsent.get(record.id) ?? 0 }));
	});
}

/**
 * Make the vault of a person whose device the server has named, and open it. `server` is `https://host`, `evaluationCode`
 * what the server's addresses call the evaluation.
 * Throws `phone.pin_short`, `phone.person_known`, `phone.server_key`, `phone.storage_…`.
 */
export async function enrol(
	server: string,
	token: string,
	info: DeviceInfo,
	pin: string,
	evaluationCode: string,
): Promise<Vault> {
	const id = crypto.randomUUID();
	const dataKey = await newDataKey();
	const record: PersonRecord = {
		id,
		server,
		evaluationId: info.evaluation.id,
		evaluationCode,
		personId: info.person.id,
		name: info.person.name,
		evaluation: info.evaluation.title,
		deviceId: `evalsvc:${crypto.randomUUID()}`,
		underPin: await underPin(dataKey, pin),
		underToken: await underToken(dataKey, token),
		forServer: await forServer(dataKey, info.unsent_key),
		token: await new DataKey(await forUse(dataKey)).seal(tokenOf(id), bytesOf(token)),
		wrongPins: 0,
		triedAt: 0,
	};
	await write(['people'], async (all) => {
		const whose: [string, string, string] = [server, record.evaluationId, record.personId];
		if ((await all.objectStore('people').index('whose').getKey(whose)) !== undefined) {
			throw new VaultTrouble('phone.person_known', { name: record.name });
		}
		await all.objectStore('people').add(record);
	});
	return Vault.opened(record, dataKey);
}

/** Open a vault by its PIN. Throws `phone.pin_wrong`, `phone.pin_wrong_wait`, `phone.pin_wait`, `phone.person_gone`. */
export async function unlockByPin(id: string, pin: string): Promise<Vault> {
	const { record, dataKey } = await openedByPin(id, pin);
	return Vault.opened(record, dataKey);
}

/** Open a vault by the token that it was signed in with, and give it a new PIN. Throws `phone.token_other`, `phone.pin_short`. */
export async function unlockByToken(id: string, token: string, newPin: string): Promise<Vault> {
	const record = await recordOf(id);
	const dataKey = await byToken(record.underToken, token);
	if (dataKey === null) {
		throw new VaultTrouble('phone.token_other');
	}
	await putPin(id, dataKey, newPin);
	return Vault.opened(record, dataKey);
}

/** Replace the PIN; throws what `unlockByPin` does, and `phone.pin_short`. */
export async function changePin(id: string, pin: string, newPin: string): Promise<void> {
	const { dataKey } = await openedByPin(id, pin);
	await putPin(id, dataKey, newPin);
}

/** The ids of a person's interviews, those too that cannot be read. */
export function interviewsOf(id: string): Promise<readonly string[]> {
	return read(['summaries'], (all) => all.objectStore('summaries').index('owner').getAllKeys(id));
}

/**
 * Remove a person and everything of theirs from this phone. Throws `phone.unsent` where the number of unsent interviews is
 * another than the `agreed` one; those that cannot be read count too.
 */
export async function forget(id: string, agreed: number): Promise<void> {
	await write(['people', ...RECORD_STORES], async (all) => {
		const summaries = await all.objectStore('summaries').index('owner').getAll(id);
		const number = summaries.filter((record) => record.unsent).length;
		if (number !== agreed) {
			throw new VaultTrouble('phone.unsent', { number });
		}
		await all.objectStore('people').delete(id);
		for (const name of RECORD_STORES) {
			const records = all.objectStore(name);
			for (const key of await records.index('owner').getAllKeys(id)) {
				await records.delete(key);
			}
		}
	});
}

async function openedByPin(id: string, pin: string): Promise<{ record: PersonRecord; dataKey: CryptoKey }> {
	await countTry(id);
	const record = await recordOf(id);
	const dataKey = await byPin(record.underPin, pin);
	if (dataKey === null) {
		throw await wrongPin(id);
	}
	await write(['people'], (all) => amended(all.objectStore('people'), id, { wrongPins: 0 }));
	return { record, dataKey };
}

async function putPin(id: string, dataKey: CryptoKey, pin: string): Promise<void> {
	const parts = { underPin: await underPin(dataKey, pin), wrongPins: 0 };
	await write(['people'], (all) => amended(all.objectStore('people'), id, parts));
}

async function recordOf(id: string): Promise<PersonRecord> {
	const record = await read(['people'], (all) => all.objectStore('people').get(id));
	if (record === undefined) {
		throw new VaultTrouble('phone.person_gone');
	}
	return record;
}
