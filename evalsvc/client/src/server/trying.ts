/** What the tests of this room share: a small service, the application at its origin, and the reading of troubles. */

import { createHash } from 'node:crypto';

import { afterEach, beforeEach, expect } from 'vitest';

import { catalogue } from '../words/catalogue.ts';
import { tell } from '../words/say.ts';
import { connect, ServerTrouble, type Server } from './server.ts';
import { smallService, type Deed, type Reply, type SmallService } from './small_service.ts';

/** The page that the tests run in; Vitest gives it to them. */
declare const jsdom: { reconfigure(to: { url: string }): void; window: { _origin: string } };

const PATIENCE = 300;

/** A service for each test, and the way to it. */
export interface Trial {
	service: SmallService;
	server: Server;
}

/** Give every test of a file a service of its own. */
export function trial(): Trial {
	const now = {} as Trial;
	beforeEach(async () => {
		now.service = await smallService();
		// The application is served by the service itself: one origin.
		jsdom.reconfigure({ url: `${now.service.origin}/app/` });
		jsdom.window._origin = now.service.origin;
		now.server = connect(now.service.address, PATIENCE);
	});
	afterEach(() => now.service.end());
	return now;
}

/** Let the service of a test answer a question, once for each deed. */
export function reply(now: Trial, asked: string, ...deeds: Deed[]): void {
	now.service.replies.set(asked, deeds);
}

/** Return the trouble that something ends with; its sentences are there in both languages. */
export async function troubleOf(asked: Promise<unknown>): Promise<ServerTrouble> {
	const error = await asked.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ServerTrouble)) {
		throw new Error(`no trouble but ${String(error)}`);
	}
	expect(catalogue.has(error.trouble.code), error.trouble.code).toBe(true);
	expect(tell(error.trouble)).not.toContain('—');
	return error;
}

/** Return the code of the trouble that something ends with. */
export async function codeOf(asked: Promise<unknown>): Promise<string> {
	return (await troubleOf(asked)).trouble.code;
}

/** Answer with a value as JSON. */
export function json(value: unknown): Reply {
	return { body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } };
}

/** Hash as OpenRosa's lists do. */
export function md5(bytes: string | Uint8Array): string {
	return `md5:${createHash('md5').update(bytes).digest('hex')}`;
}

/** Hash as receipts do. */
export function sha256(bytes: string | Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
