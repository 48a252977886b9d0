/** The way to the service: everything that is asked of it, and the trouble that each question may meet. */

import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

import type { AttachedFile, DeviceInfo, ListedForm, Receipt, ReturnedFile, ReturnedInterview, Task } from '../model.ts';
import { readDevice, readReceipt, readReturned, readTasks } from './answers.ts';
import { ask, PATIENCE } from './asking.ts';
import { addressIn, readFiles, readForms } from './lists.ts';
import { sendSubmission, type Sending } from './submission.ts';
import { notUnderstood, ServerTrouble } from './trouble.ts';

export type { Sending } from './submission.ts';
export { ServerTrouble } from './trouble.ts';

/** An evaluation's service as one device sees it; every method throws `ServerTrouble`, and nothing else but an abort. */
export interface Server {
	/** Who the device belongs to, its keys and settings. */
	device(): Promise<DeviceInfo>;
	/** The open households of the enumerator. */
	tasks(): Promise<readonly Task[]>;
	/** All form versions that may be filled. */
	forms(): Promise<readonly ListedForm[]>;
	/** A form and its files, each compared with the hash that the server lists. */
	form(listed: ListedForm): Promise<{ readonly xml: string; readonly media: ReadonlyMap<string, Blob> }>;
	/** The interviews that were returned to the enumerator. */
	returned(): Promise<readonly ReturnedInterview[]>;
	/** The XML of a returned interview, compared with its SHA-256. */
	returnedXml(one: ReturnedInterview): Promise<string>;
	/** A file of a returned interview, compared with its SHA-256. */
	returnedFile(file: ReturnedFile): Promise<AttachedFile>;
	/** What the server holds of a submission of this enumerator; null where it holds nothing under that instanceID. */
	receipt(instanceId: string): Promise<Receipt | null>;
	/** Send a submission: HEAD, then as many parts as its size asks for. `files` may leave out what the server holds. */
	submit(xml: string, files: readonly AttachedFile[], options: Sending): Promise<void>;
}

const ADDRESS = /^\/v1\/key\/[^/]+\/evaluations\/[^/]+$/;

/**
 * Return the service at an address as a sign-in code gives it: `https://…/v1/key/TOKEN/evaluations/EVALUATION`.
 * Throws `ServerTrouble` `phone.address` where it is none. `patience`: milliseconds without a sign of life.
 */
export function connect(address: string, patience = PATIENCE): Server {
	const { home, origin } = readAddress(address);
	const get = async (url: string) => (await ask(url, 'GET', patience)).bytes;
	return {
		device: async () => readDevice(await get(`${home}/device`)),
		tasks: async () => readTasks(await get(`${home}/assignments`)),
		forms: async () => readForms(await get(`${home}/formList?listAllVersions=true`), origin),
		async form(listed) {
			const xml = textOf(requireMd5(await get(listed.downloadUrl), listed.hash), 'form');
			return { xml, media: await mediaOf(listed, origin, patience) };
		},
		returned: async () => readReturned(await get(`${home}/returned`), origin),
		returnedXml: async (one) => textOf(requireSha256(await get(one.url), one.sha256), 'submission.xml'),
		async returnedFile(file) {
			return { name: file.name, type: file.content_type, bytes: requireSha256(await get(file.url), file.sha256) };
		},
		async receipt(instanceId) {
			try {
				return readReceipt(await get(`${home}/receipts/${encodeURIComponent(instanceId)}`), instanceId);
			} catch (error) {
				if (error instanceof ServerTrouble && error.trouble.details['code'] === 'interview.not_received') {
					return null;
				}
				throw error;
			}
		},
		submit: (xml, files, options) => sendSubmission(`${home}/submission`, xml, files, options, patience),
	};
}

/** Read what a code or a person gave as the server's address. */
function readAddress(address: string): { home: string; origin: string } {
	const url = addressIn(address.trim());
	const path = url?.pathname.replace(/\/+$/, '') ?? '';
	if (
		url === null ||
		!/^https?:$/.test(url.protocol) ||
		!ADDRESS.test(path) ||
		url.search !== '' ||
		url.username !== ''
	) {
		throw new ServerTrouble({ code: 'phone.address', details: {}, said: null }, false);
	}
	return { home: url.origin + path, origin: url.origin };
}

async function mediaOf(listed: ListedForm, origin: string, patience: number): Promise<ReadonlyMap<string, Blob>> {
	const media = new Map<string, Blob>();
	if (listed.manifestUrl === null) {
		return media;
	}
	for (const file of readFiles((await ask(listed.manifestUrl, 'GET', patience)).bytes, origin)) {
		const { bytes, headers } = await ask(file.downloadUrl, 'GET', patience);
		const type = headers.get('Content-Type') ?? 'application/octet-stream';
		media.set(file.filename, new Blob([requireMd5(bytes, file.hash)], { type }));
	}
	return media;
}

/** Return bytes that are those of the list; others are of a version that came meanwhile, or were cut off. */
function requireMd5(bytes: Uint8Array<ArrayBuffer>, listed: string): Uint8Array<ArrayBuffer> {
	if (`md5:${bytesToHex(md5(bytes))}` !== listed) {
		throw notUnderstood('hash');
	}
	return bytes;
}

function requireSha256(bytes: Uint8Array<ArrayBuffer>, told: string): Uint8Array<ArrayBuffer> {
	if (bytesToHex(sha256(bytes)) !== told) {
		throw notUnderstood('hash');
	}
	return bytes;
}

function textOf(bytes: Uint8Array, what: string): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw notUnderstood(what);
	}
}
