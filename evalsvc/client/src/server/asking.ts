/** One request to the service, and how every answer that is no success becomes a trouble. */

import { language } from '../words/say.ts';
import { ServerTrouble } from './trouble.ts';

const OPENROSA = 'X-OpenRosa-Version';
const CODE = 'X-Evalsvc-Code';
const LONGEST_SENTENCE = 2000;
/** Milliseconds without a byte from the server after which a request is given up. */
export const PATIENCE = 60_000;

/** An answer of the service itself: it speaks OpenRosa, so no hotspot has written it. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What every answer is judged by, however it was asked for. */
export type Head = Pick<Answer, 'status' | 'headers'>;

/** What the service needs to know of each request. */
export function requestHeaders(): Record<string, string> {
	return { [OPENROSA]: '1.0', 'Accept-Language': language.value };
}

/** Ask for something and return its bytes; throws `ServerTrouble` unless the service has answered with success. */
export async function ask(
	url: string,
	method: 'GET' | 'HEAD',
	patience: number,
	signal?: AbortSignal,
): Promise<Answer> {
	const clock = new Clock(patience, signal);
	try {
		const response = await fetch(url, { ...REQUEST, method, headers: requestHeaders(), signal: clock.signal });
		clock.restart();
		const answer = { status: response.status, headers: response.headers, bytes: await bytesOf(response, clock) };
		refuseOthers(answer, response.type === 'opaqueredirect');
		return answer;
	} catch (error) {
		throw troubleOf(error, clock, signal);
	} finally {
		clock.stop();
	}
}

// Redirects are not followed: the service sends none, and a sign-in page of a hotspot would answer in its place.
const REQUEST = { cache: 'no-store', credentials: 'omit', redirect: 'manual', referrerPolicy: 'no-referrer' } as const;

/** Tell a hotspot's answer, and those of the service that are refusals, from success. */
export function refuseOthers(answer: Answer, redirected: boolean): void {
	const trouble = troubleWith(answer, redirected, () => messageOf(answer.bytes));
	if (trouble !== null) {
		throw trouble;
	}
}

function troubleWith(head: Head, redirected: boolean, message: () => string | null): ServerTrouble | null {
	const { status, headers } = head;
	const speaks = headers.get(OPENROSA) !== null;
	const details = { status, code: headers.get(CODE) ?? '' };
	if (!redirected && speaks && status >= 200 && status < 300) {
		return null;
	}
	// A proxy in front of the service may say these in its place.
	const said = speaks ? message() : null;
	if (!redirected && mayPass(status)) {
		return new ServerTrouble({ code: 'phone.server_error', details, said }, true, secondsToWait(headers));
	}
	if (!redirected && status === 413) {
		return new ServerTrouble({ code: 'phone.too_large', details, said }, false);
	}
	if (redirected || !speaks || status < 400) {
		return new ServerTrouble({ code: 'phone.portal', details, said: null }, true);
	}
	const code = BY_STATUS.get(status) ?? 'phone.refused';
	return new ServerTrouble({ code, details, said }, false);
}

const BY_STATUS = new Map([
	[401, 'phone.token_ended'],
	[403, 'phone.not_allowed'],
	[404, 'phone.not_found'],
	[409, 'phone.conflict'],
]);

/** Tell whether a refusal ends by itself; 511 is how a hotspot asks for a sign-in. */
function mayPass(status: number): boolean {
	return status === 408 || status === 429 || (status >= 500 && status !== 511);
}

/** Return the sentence that stands in an OpenRosa body; null where there is none. */
function messageOf(bytes: Uint8Array): string | null {
	const page = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'text/xml');
	const message = page.getElementsByTagNameNS('http://openrosa.org/http/response', 'message').item(0)?.textContent;
	return message?.trim().slice(0, LONGEST_SENTENCE) || null;
}

/** Read how long the service asks to wait; what is no number of seconds is nothing. */
function secondsToWait(headers: Headers): number | null {
	const told = headers.get('Retry-After');
	return told !== null && /^\d{1,6}$/.test(told.trim()) ? Number(told) : null;
}

/** Return what was thrown as a trouble; where the caller has ended the request, the reason that it gave. */
export function troubleOf(error: unknown, clock: Clock, ended: AbortSignal | undefined): unknown {
	if (ended?.aborted) {
		return ended.reason;
	}
	if (error instanceof ServerTrouble) {
		return error;
	}
	const code = clock.ranOut ? 'phone.timeout' : 'phone.offline';
	return new ServerTrouble({ code, details: {}, said: null }, true);
}

async function bytesOf(response: Response, clock: Clock): Promise<Uint8Array<ArrayBuffer>> {
	const parts: Uint8Array<ArrayBuffer>[] = [];
	const reader = response.body?.getReader();
	for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
		clock.restart();
		parts.push(part.value);
	}
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let place = 0;
	for (const part of parts) {
		whole.set(part, place);
		place += part.length;
	}
	return whole;
}

/** Ends a request when nothing was heard for too long: a slow line may take hours as long as something comes. */
export class Clock {
	readonly signal: AbortSignal;
	ranOut = false;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private readonly controller = new AbortController();
	private readonly patience: number;
	private readonly ended: AbortSignal | undefined;
	private readonly end = () => this.controller.abort();

	constructor(patience: number, ended: AbortSignal | undefined) {
		this.patience = patience;
		this.signal = this.controller.signal;
		this.ended = ended;
		ended?.addEventListener('abort', this.end);
		if (ended?.aborted) {
			this.end();
		}
		this.restart();
	}

	restart(): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => {
			this.ranOut = true;
			this.end();
		}, this.patience);
	}

	stop(): void {
		clearTimeout(this.timer);
		this.ended?.removeEventListener('abort', this.end);
	}
}
