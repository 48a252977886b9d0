/** The sending of a submission: is this the place, and then as many bodies as the service takes at a time. */

import type { AttachedFile } from '../model.ts';
import { ask, Clock, refuseOthers, requestHeaders, troubleOf, type Answer } from './asking.ts';
import { ServerTrouble } from './trouble.ts';

const MOST_FILES = 100;
/** Bytes of a body where the service names none, as ODK Collect has it. */
const USUAL_BYTES = 10_000_000;
const READY = 204;
const RECEIVED = new Set([201, 202]);

/** How far a submission is, and what ends its sending. */
export interface Sending {
	/** Called with the bytes of this submission that have gone out, and all of them, files included. */
	readonly onProgress?: (sent: number, total: number) => void;
	readonly signal?: AbortSignal;
}

/** Send a submission, in parts where it is larger than the service takes at once; done when all were taken. */
export async function sendSubmission(
	url: string,
	xml: string,
	files: readonly AttachedFile[],
	options: Sending,
	patience: number,
): Promise<void> {
	const form = new TextEncoder().encode(xml);
	const parts = divided(form.length, files, await mostBytes(url, options.signal, patience));
	const total = parts.reduce((sum, part) => sum + size(form.length, part), 0);
	let before = 0;
	for (const [number, part] of parts.entries()) {
		const bytes = size(form.length, part);
		const sent = (loaded: number) => options.onProgress?.(before + Math.min(loaded, bytes), total);
		await post(url, body(form, part, number < parts.length - 1), { sent, ...given(options.signal), patience });
		before += bytes;
		options.onProgress?.(before, total);
	}
}

/** Ask whether submissions are taken here, and how many bytes at a time; any other success is a hotspot's. */
async function mostBytes(url: string, signal: AbortSignal | undefined, patience: number): Promise<number> {
	const answer = await ask(url, 'HEAD', patience, signal);
	requireStatus(answer, new Set([READY]));
	const told = Number(answer.headers.get('X-OpenRosa-Accept-Content-Length') ?? USUAL_BYTES);
	return Number.isFinite(told) && told > 0 ? told : USUAL_BYTES;
}

function requireStatus(answer: Answer, wanted: ReadonlySet<number>): void {
	if (!wanted.has(answer.status)) {
		throw new ServerTrouble({ code: 'phone.portal', details: { status: answer.status, code: '' }, said: null }, true);
	}
}

/** Divide files over bodies that hold the whole XML each; nothing is sent where one file alone is too large. */
function divided(xml: number, files: readonly AttachedFile[], most: number): readonly (readonly AttachedFile[])[] {
	const parts: AttachedFile[][] = [[]];
	let bytes = xml;
	for (const file of files) {
		if (xml + file.bytes.length > most) {
			throw new ServerTrouble(
				{ code: 'phone.file_too_large', details: { name: file.name, limit: most }, said: null },
				false,
			);
		}
		const last = parts.at(-1) ?? [];
		if (last.length > 0 && (bytes + file.bytes.length > most || last.length === MOST_FILES)) {
			parts.push([file]);
			bytes = xml + file.bytes.length;
		} else {
			last.push(file);
			bytes += file.bytes.length;
		}
	}
	return parts;
}

function size(xml: number, files: readonly AttachedFile[]): number {
	return files.reduce((sum, file) => sum + file.bytes.length, xml);
}

function body(xml: Uint8Array<ArrayBuffer>, files: readonly AttachedFile[], moreFollow: boolean): FormData {
	const form = new FormData();
	form.append('xml_submission_file', new Blob([xml], { type: 'text/xml' }), 'xml_submission_file');
	for (const file of files) {
		form.append(file.name, new Blob([file.bytes], { type: file.type }), file.name);
	}
	if (moreFollow) {
		form.append('*isIncomplete*', 'yes');
	}
	return form;
}

interface Posting {
	readonly sent: (loaded: number) => void;
	readonly signal?: AbortSignal;
	readonly patience: number;
}

function given(signal: AbortSignal | undefined): { signal?: AbortSignal } {
	return signal === undefined ? {} : { signal };
}

/** Post one body; XMLHttpRequest, for fetch does not tell how much of a body has gone out. */
async function post(url: string, form: FormData, { sent, signal, patience }: Posting): Promise<void> {
	const clock = new Clock(patience, signal);
	try {
		const { answer, redirected } = await exchanged(url, form, clock, sent);
		refuseOthers(answer, redirected);
		requireStatus(answer, RECEIVED);
	} catch (error) {
		throw troubleOf(error, clock, signal);
	} finally {
		clock.stop();
	}
}

function exchanged(
	url: string,
	form: FormData,
	clock: Clock,
	sent: (loaded: number) => void,
): Promise<{ answer: Answer; redirected: boolean }> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		const failed = () => reject(new TypeError('no answer'));
		request.open('POST', url);
		request.responseType = 'arraybuffer';
		Object.entries(requestHeaders()).forEach(([name, value]) => request.setRequestHeader(name, value));
		request.upload.onprogress = (event) => {
			clock.restart();
			sent(event.loaded);
		};
		request.onerror = request.onabort = failed;
		request.onload = () => resolve({ answer: answerOf(request), redirected: request.responseURL !== url });
		clock.signal.addEventListener('abort', () => request.abort(), { once: true });
		if (clock.signal.aborted) {
			failed();
			return;
		}
		request.send(form);
	});
}

function answerOf(request: XMLHttpRequest): Answer {
	const lines = request.getAllResponseHeaders().trim().split(/\r?\n/).filter(Boolean);
	const headers = new Headers(
		lines.map((line): [string, string] => [before(line), line.slice(before(line).length + 1)]),
	);
	return { status: request.status, headers, bytes: new Uint8Array(request.response as ArrayBuffer) };
}

function before(line: string): string {
	return line.slice(0, line.indexOf(':'));
}
