/** Invented people and interviews, and an empty database, for the tests of this room and of the one above. */
import 'fake-indexeddb/auto';

import { IDBFactory } from 'fake-indexeddb';
import { vi } from 'vitest';

import type { AttachedFile, DeviceInfo, KeptInterview } from '../model.ts';
import { bytesOf, toBase64 } from './bytes.ts';
import { closeDatabase, database, write } from './database.ts';
import { byToken } from './keys.ts';
import { enrol } from './people.ts';
import type { PersonRecord } from './schema.ts';
import { Vault } from './vault.ts';

// A PIN is slow on purpose, and on a busy machine more so.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

export const SERVER = 'https://survey.example';
export const TOKEN = 'an-invented-token';
export const PIN = '204060';
/** What the addresses of the service call the evaluation. */
export const CODE = 'evaluation-1-code';

/** Begin with a phone on which nothing is stored. */
export async function emptyPhone(): Promise<void> {
	await closeDatabase();
	globalThis.indexedDB = new IDBFactory();
}

/** A key pair of a server, made once for all tests. */
export const serverKeys: CryptoKeyPair = await crypto.subtle.generateKey(
	{ name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
	true,
	['wrapKey', 'unwrapKey', 'decrypt', 'encrypt'],
);

export const serverSpki = toBase64(new Uint8Array(await crypto.subtle.exportKey('spki', serverKeys.publicKey)));

export function deviceInfo(given: Partial<DeviceInfo> = {}): DeviceInfo {
	return {
		person: { id: 'person-1', name: '示例调查员' },
		evaluation: { id: 'evaluation-1', title: '示例评估' },
		server_time: new Date().toISOString(),
		token_expires_at: '2027-01-01T00:00:00Z',
		unsent_key: { id: 'key-1', spki: serverSpki },
		settings: { geofence_metres: 500, photo_pixels: 1600, keep_exif: false },
		...given,
	};
}

let signedIn: PersonRecord | null = null;

/** The open vault of a person on an empty phone. One is signed in for all tests of a file, for a PIN takes its time. */
export async function enrolled(): Promise<Vault> {
	await emptyPhone();
	signedIn ??= await signIn();
	const record = signedIn;
	await emptyPhone();
	await write(['people'], (all) => all.objectStore('people').add(record));
	const dataKey = await byToken(record.underToken, TOKEN);
	if (dataKey === null) {
		throw new Error('token');
	}
	return Vault.opened(record, dataKey);
}

async function signIn(): Promise<PersonRecord> {
	const { person } = await enrol(SERVER, TOKEN, deviceInfo(), PIN, CODE);
	const record = await (await database()).get('people', person.id);
	if (record === undefined) {
		throw new Error('person');
	}
	return record;
}

export function interview(given: Partial<KeptInterview> = {}): KeptInterview {
	return {
		id: 'interview-1',
		state: 'draft',
		instanceId: 'uuid:1',
		formId: 'household',
		version: '1',
		unitId: '001',
		assignmentId: 'assignment-001',
		corrects: null,
		startedAt: '2026-11-23T01:00:00Z',
		savedAt: '2026-11-23T02:00:00Z',
		fileNames: [],
		bytes: 100,
		trouble: null,
		receivedAt: null,
		xml: '<data><name>示例户 001</name></data>',
		audit: [],
		comments: [],
		...given,
	};
}

export function file(name: string, content = `bytes of ${name}`): AttachedFile {
	return { name, type: 'image/jpeg', bytes: bytesOf(content) };
}

/** The code of the trouble that something ends in. */
export async function troubleOf(doing: Promise<unknown>): Promise<string> {
	try {
		await doing;
	} catch (error) {
		return (error as { trouble?: { code: string } }).trouble?.code ?? `no trouble: ${String(error)}`;
	}
	return 'no trouble';
}
