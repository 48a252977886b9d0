/** How records are sealed: AES-256-GCM, a random IV for each, and what the record is as additional data. */
import { bytesOf, type Bytes, randomBytes, textOf } from './bytes.ts';
import { VaultTrouble } from './trouble.ts';

export interface Sealed {
	readonly iv: Bytes;
	/** Ciphertext with its tag of 128 bits. */
	readonly bytes: ArrayBuffer;
}

const IV_BYTES = 12;

/**
 * Where a record lies and whose it is. It enters the seal, so a record that was put in another's place does not open.
 * docs/formats.md, Unsent interviews, tells this text to whoever opens records elsewhere.
 */
export function identity(store: string, owner: string, key: string): Bytes {
	return bytesOf(`evalsvc-vault-1\n${store}\n${owner}\n${key}`);
}

/** The data key while the vault is open; locking drops it. */
export class DataKey {
	private key: CryptoKey | null;

	constructor(key: CryptoKey) {
		this.key = key;
	}

	lock(): void {
		this.key = null;
	}

	/** Seal bytes as the record that `what` names. Throws `phone.locked`. */
	async seal(what: Bytes, content: Uint8Array<ArrayBuffer>): Promise<Sealed> {
		const iv = randomBytes(IV_BYTES);
		return { iv, bytes: await crypto.subtle.encrypt(algorithm(iv, what), this.opened(), content) };
	}

	/** Open the record that `what` names. Throws `phone.locked`, `phone.record_damaged`. */
	async open(what: Bytes, sealed: Sealed): Promise<Bytes> {
		const key = this.opened();
		try {
			return new Uint8Array(await crypto.subtle.decrypt(algorithm(sealed.iv, what), key, sealed.bytes));
		} catch {
			throw new VaultTrouble('phone.record_damaged');
		}
	}

	async sealJson(what: Bytes, value: unknown): Promise<Sealed> {
		return this.seal(what, bytesOf(JSON.stringify(value)));
	}

	async openJson(what: Bytes, sealed: Sealed): Promise<unknown> {
		return JSON.parse(textOf(await this.open(what, sealed)));
	}

	private opened(): CryptoKey {
		if (this.key === null) {
			throw new VaultTrouble('phone.locked');
		}
		return this.key;
	}
}

function algorithm(iv: Bytes, what: Bytes): AesGcmParams {
	return { name: 'AES-GCM', iv, additionalData: what };
}
