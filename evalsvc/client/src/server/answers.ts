/** The shapes of the service's JSON: what does not have them is not believed. */

import * as v from 'valibot';

import type { DeviceInfo, Receipt, ReturnedInterview, Task } from '../model.ts';
import { fileName, ownAddress } from './lists.ts';
import { notUnderstood } from './trouble.ts';

const SHA256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const moment = v.pipe(
	v.string(),
	v.check((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text))),
);
const named = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const localised = v.object({ zh: v.string(), en: v.string() });
const base64 = v.pipe(v.string(), v.nonEmpty(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/));
const degrees = (most: number) => v.pipe(v.number(), v.minValue(-most), v.maxValue(most));

const device = v.object({
	person: v.object({ id: named, name: v.string() }),
	evaluation: v.object({ id: named, title: v.string() }),
	server_time: moment,
	token_expires_at: moment,
	unsent_key: v.object({ id: named, spki: base64 }),
	settings: v.object({ geofence_metres: count, photo_pixels: count, keep_exif: v.boolean() }),
});

const task = v.object({
	assignment_id: named,
	unit_id: named,
	county: v.string(),
	village: v.string(),
	stratum: v.string(),
	form_id: named,
	version: v.string(),
	unannounced: v.nullable(v.boolean()),
	disposition: v.nullable(v.string()),
	received: count,
	position: v.nullable(v.object({ latitude: degrees(90), longitude: degrees(180) })),
	prior: v.array(v.object({ column: named, label: localised, value: v.string() })),
	filled: v.record(v.string(), v.string()),
});

const returnedFile = v.object({ name: named, sha256: SHA256, size: count, content_type: v.string(), url: v.string() });
const returned = v.object({
	instance_id: named,
	root_instance_id: named,
	form_id: named,
	version: v.string(),
	about: v.string(),
	unit_id: named,
	sha256: SHA256,
	returned_at: moment,
	words: v.string(),
	comments: v.array(v.object({ path: v.string(), question: v.string(), words: v.string() })),
	complaints: v.array(v.object({ path: v.string(), message: v.string(), severity: v.string() })),
	url: v.string(),
	files: v.array(returnedFile),
});

const receipt = v.object({
	instance_id: named,
	sha256: SHA256,
	received_at: moment,
	files: v.array(v.object({ name: named, sha256: SHA256 })),
	missing: v.array(v.string()),
});

/** Read `GET device`. */
export function readDevice(bytes: Uint8Array): DeviceInfo {
	return checked(device, bytes, 'device');
}

/** Read `GET assignments`. */
export function readTasks(bytes: Uint8Array): readonly Task[] {
	return checked(v.object({ assignments: v.array(task) }), bytes, 'assignments').assignments;
}

/** Read `GET returned`; every address in it lies at the server that sent it. */
export function readReturned(bytes: Uint8Array, origin: string): readonly ReturnedInterview[] {
	const rows = checked(v.object({ returned: v.array(returned) }), bytes, 'returned').returned;
	for (const each of rows) {
		ownAddress(each.url, origin);
		each.files.forEach((file) => ownAddress(file.url, origin) && fileName(file.name));
	}
	return rows;
}

/** Read `GET receipts/<instanceID>`, which tells of the submission that was asked for and no other. */
export function readReceipt(bytes: Uint8Array, instanceId: string): Receipt {
	const found = checked(receipt, bytes, 'receipts');
	if (found.instance_id !== instanceId) {
		throw notUnderstood('receipts');
	}
	return found;
}

function checked<S extends v.GenericSchema>(schema: S, bytes: Uint8Array, what: string): v.InferOutput<S> {
	const result = v.safeParse(schema, json(bytes, what));
	if (!result.success) {
		throw notUnderstood(what);
	}
	return result.output;
}

function json(bytes: Uint8Array, what: string): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	} catch {
		throw notUnderstood(what);
	}
}
