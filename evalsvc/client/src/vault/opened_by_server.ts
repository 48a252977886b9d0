/** How a server opens what phones hand over, by Node's own cryptography: for tests, beside the service's import. */
import { constants, createDecipheriv, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';

import { unzipSync } from 'fflate';

import { serverKeys } from './samples.ts';

const TAG_BYTES = 16;
const IV_BYTES = 12;

export interface HandedOver {
	readonly header: Readonly<Record<string, string>>;
	readonly headerBytes: Uint8Array;
	readonly body: Uint8Array;
	readonly key: Uint8Array;
}

/** Take a handed-over file apart and unwrap its key with the server's private one. */
export async function handedOver(bytes: Uint8Array): Promise<HandedOver> {
	const end = bytes.indexOf(10);
	const headerBytes = bytes.slice(0, end);
	const header = JSON.parse(Buffer.from(headerBytes).toString('utf8')) as Record<string, string>;
	const wrapped = Buffer.from(header['wrapped_key'] ?? '', 'base64');
	const padding = constants.RSA_PKCS1_OAEP_PADDING;
	const key = privateDecrypt({ key: await privateKey(), padding, oaepHash: 'sha256' }, wrapped);
	return { header, headerBytes, body: bytes.slice(end + 1), key };
}

async function privateKey(): Promise<KeyObject> {
	const pkcs8 = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
	return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
}

/** Open AES-256-GCM whose tag stands at the end; throws where anything was changed. */
export function opened(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array, additional: Uint8Array): Uint8Array {
	const decipher = createDecipheriv('aes-256-gcm', key, iv);
	decipher.setAAD(additional);
	decipher.setAuthTag(sealed.slice(-TAG_BYTES));
	return Buffer.concat([decipher.update(sealed.slice(0, -TAG_BYTES)), decipher.final()]);
}

/** The files of what an open vault has handed over. */
export async function unsentFiles(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
	const { header, headerBytes, body, key } = await handedOver(bytes);
	return unzipSync(opened(key, Buffer.from(header['iv'] ?? '', 'base64'), body, headerBytes));
}

/** The records of what a locked vault has handed over, opened, by store and key. */
export async function lockedRecords(
	bytes: Uint8Array,
): Promise<readonly { store: string; key: string; content: Uint8Array }[]> {
	const { header, body, key: dataKey } = await handedOver(bytes);
	const files = unzipSync(body);
	const list = JSON.parse(Buffer.from(files['records.json'] ?? []).toString('utf8')) as {
		entry: string;
		store: string;
		key: string;
	}[];
	return list.map(({ entry, store, key }) => {
		const sealed = files[entry] ?? new Uint8Array();
		const identity = Buffer.from(`evalsvc-vault-1\n${store}\n${header['owner']}\n${key}`);
		return { store, key, content: opened(dataKey, sealed.slice(0, IV_BYTES), sealed.slice(IV_BYTES), identity) };
	});
}
