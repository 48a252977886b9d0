/** The unlocked vault of one person on this phone. */
import { bytesOf, textOf } from './bytes.ts';
import { write } from './database.ts';
import { Forms } from './forms.ts';
import { Interviews } from './interviews.ts';
import { byToken, forServer, forUse, type ServerKey, underToken } from './keys.ts';
import { Lists } from './lists.ts';
import type { PersonRecord } from './schema.ts';
import { DataKey, identity } from './sealing.ts';
import { VaultTrouble } from './trouble.ts';

/** A person on this phone, as it is known before anything is unlocked. */
export interface Person {
	readonly id: string;
	readonly name: string;
	/** Title of the evaluation. */
	readonly evaluation: string;
	readonly evaluationId: string;
	/** What the service's addresses call the evaluation. */
	readonly evaluationCode: string;
	/** The person's id at the service. */
	readonly personId: string;
	/** `https://host` of the service. */
	readonly server: string;
	/** What forms call this phone. */
	readonly deviceId: string;
	/** Drafts and finished interviews that the service has not acknowledged. */
	readonly unsent: number;
}

export class Vault {
	readonly interviews: Interviews;
	readonly forms: Forms;
	readonly lists: Lists;
	private readonly key: DataKey;

	private constructor(
		readonly person: Omit<Person, 'unsent'>,
		private record: PersonRecord,
		private signInToken: string,
		key: DataKey,
	) {
		this.key = key;
		this.interviews = new Interviews(person.id, key);
		this.forms = new Forms(person.id, key);
		this.lists = new Lists(person.id, key);
	}

	/** Open the vault of a record with its data key, which has to be one that can be taken out. */
	static async opened(record: PersonRecord, dataKey: CryptoKey): Promise<Vault> {
		const key = new DataKey(await forUse(dataKey));
		const token = textOf(await key.open(tokenOf(record.id), record.token));
		return new Vault(personOf(record), record, token, key);
	}

	get server(): string {
		return this.person.server;
	}

	/** The sign-in token. Throws `phone.locked`. */
	get token(): string {
		if (this.signInToken === '') {
			throw new VaultTrouble('phone.locked');
		}
		return this.signInToken;
	}

	/** Where the service answers this phone. */
	get address(): string {
		return `${this.server}/v1/key/${this.token}/evaluations/${this.person.evaluationCode}`;
	}

	/** The key of the server that unsent interviews are sealed for. */
	get serverKey(): ServerKey {
		return this.record.forServer.server;
	}

	/** Go on with another sign-in token of the same person and evaluation. */
	async replaceToken(token: string): Promise<void> {
		const dataKey = await this.dataKey();
		const parts = {
			token: await this.key.seal(tokenOf(this.person.id), bytesOf(token)),
			underToken: await underToken(dataKey, token),
		};
		await this.amend(parts);
		this.signInToken = token;
	}

	/** Wrap the data key for the key that the server has now; nothing is done where it is the same. */
	async sealFor(server: ServerKey): Promise<void> {
		if (server.id !== this.serverKey.id) {
			await this.amend({ forServer: await forServer(await this.dataKey(), server) });
		}
	}

	/** Forget the data key and the token; everything that is asked of this vault from now on throws `phone.locked`. */
	lock(): void {
		this.key.lock();
		this.signInToken = '';
	}

	private async dataKey(): Promise<CryptoKey> {
		const key = await byToken(this.record.underToken, this.token);
		if (key === null) {
			throw new VaultTrouble('phone.record_damaged');
		}
		return key;
	}

	private async amend(parts: Partial<PersonRecord>): Promise<void> {
		await write(['people'], (all) => amended(all.objectStore('people'), this.person.id, parts));
		this.record = { ...this.record, ...parts };
	}
}

/** How the token of a person is sealed. */
export function tokenOf(id: string): ReturnType<typeof identity> {
	return identity('people', id, 'token');
}

export function personOf(record: PersonRecord): Omit<Person, 'unsent'> {
	const { id, name, evaluation, evaluationId, evaluationCode, personId, server, deviceId } = record;
	return { id, name, evaluation, evaluationId, evaluationCode, personId, server, deviceId };
}

/** Change parts of a person's record within a transaction. Throws `phone.person_gone`. */
export async function amended(people: People, id: string, parts: Partial<PersonRecord>): Promise<void> {
	const person = await people.get(id);
	if (person === undefined) {
		throw new VaultTrouble('phone.person_gone');
	}
	await people.put({ ...person, ...parts });
}

interface People {
	get(id: string): Promise<PersonRecord | undefined>;
	put(record: PersonRecord): Promise<unknown>;
}
