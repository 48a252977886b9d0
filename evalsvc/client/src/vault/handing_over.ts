/** Files that only the server opens: docs/formats.md, Unsent interviews. */
import { zipSync } from 'fflate';

import { bytesOf, type Bytes, joined, randomBytes, toBase64 } from './bytes.ts';
import { read } from './database.ts';
import { forServer, newDataKey, type ServerKey } from './keys.ts';
import type { PersonRecord, SealedRecord } from './schema.ts';
import type { Sealed } from './sealing.ts';
import { VaultTrouble } from './trouble.ts';
import type { Person } from './vault.ts';

const IV_BYTES = 12;
/** The oldest day that a ZIP can write: the packing of the same things gives the same bytes. */
const NO_DAY = new Date(1980, 0, 1);

/** Files by their names as a ZIP without compression; what is sealed, or a photo, gets no smaller. */
export function packed(files: Readonly<Record<string, Uint8Array>>): Bytes {
	return Uint8Array.from(zipSync({ ...files }, { level: 0, mtime: NO_DAY }));
}

/** Seal what an open vault hands over: a header line, whose bytes are the additional data, and the sealed content. */
export async function sealedForServer(
	server: ServerKey,
	person: Omit<Person, 'unsent'>,
	content: Bytes,
): Promise<Bytes> {
	const key = await newDataKey();
	const iv = randomBytes(IV_BYTES);
	const wrapped = await forServer(key, server);
	const header = headerLine('evalsvc-unsent-1', wrapped.server.id, wrapped.key, person, { iv: toBase64(iv) });
	const way = { name: 'AES-GCM', iv, additionalData: header };
	return joined([header, NEWLINE, new Uint8Array(await crypto.subtle.encrypt(way, key, content))]);
}

/**
 * Hand over the unsent interviews of a person whose vault is locked: records as they are sealed, beside the data key that
 * was wrapped for the server at sign-in. Throws `phone.person_gone`, `phone.nothing_unsent`.
 */
export async function sealedRecords(id: string): Promise<Bytes> {
	const { person, records } = await unsentRecords(id);
	const { forServer: wrapped } = person;
	const header = headerLine('evalsvc-unsent-locked-1', wrapped.server.id, wrapped.key, person, { owner: id });
	const entries = records.map(({ store, record }, index) => {
		const name = `records/${String(index + 1).padStart(6, '0')}`;
		return { told: { entry: name, store, key: record.key }, bytes: sealedBytes(record.sealed) };
	});
	const files = Object.fromEntries(entries.map(({ told, bytes }) => [told.entry, bytes]));
	const list = bytesOf(JSON.stringify(entries.map(({ told }) => told)));
	return joined([header, NEWLINE, packed({ 'records.json': list, ...files })]);
}

const NEWLINE = bytesOf('\n');

function headerLine(
	format: string,
	keyId: string,
	wrappedKey: ArrayBuffer,
	whose: Pick<Person, 'personId' | 'evaluationId'>,
	more: Readonly<Record<string, string>>,
): Bytes {
	const header = {
		format,
		key_id: keyId,
		wrapped_key: toBase64(new Uint8Array(wrappedKey)),
		...more,
		person_id: whose.personId,
		evaluation_id: whose.evaluationId,
		made_at: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
	};
	return bytesOf(JSON.stringify(header));
}

function sealedBytes(sealed: Sealed): Bytes {
	return joined([sealed.iv, new Uint8Array(sealed.bytes)]);
}

interface Found {
	readonly store: 'summaries' | 'contents' | 'files';
	readonly record: SealedRecord;
}

/** Everything of the interviews that were not sent, as of one moment. */
function unsentRecords(id: string): Promise<{ person: PersonRecord; records: readonly Found[] }> {
	return read(['people', 'summaries', 'contents', 'files'], async (all) => {
		const person = await all.objectStore('people').get(id);
		if (person === undefined) {
			throw new VaultTrouble('phone.person_gone');
		}
		const records: Found[] = [];
		for (const summary of await all.objectStore('summaries').index('owner').getAll(id)) {
			if (summary.unsent) {
				const contents = await all.objectStore('contents').get(summary.key);
				const files = await all.objectStore('files').index('interview').getAll(summary.key);
				records.push({ store: 'summaries', record: summary });
				records.push(...(contents === undefined ? [] : [{ store: 'contents' as const, record: contents }]));
				records.push(...files.map((record) => ({ store: 'files' as const, record })));
			}
		}
		if (records.length === 0) {
			throw new VaultTrouble('phone.nothing_unsent');
		}
		return { person, records };
	});
}
