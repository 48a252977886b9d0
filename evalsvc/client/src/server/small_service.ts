/** A small HTTP server for the tests of this room: it answers as each test says, and keeps what was sent. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it came. */
export interface Came {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: Buffer;
}

export interface Reply {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	/** Leave the header by which the service is known, as a stranger in its place does. */
	readonly stranger?: boolean;
}

/** A reply, or what is done with the connection instead. */
export type Deed = Reply | ((response: ServerResponse, socket: Socket) => void);

export interface SmallService {
	readonly origin: string;
	readonly address: string;
	readonly came: Came[];
	/** What is answered from now on, by method and the end of the path: `GET device`. */
	readonly replies: Map<string, Deed | Deed[]>;
	end(): Promise<void>;
}

const HOME = '/v1/key/token/evaluations/pilot';

/** Start a server on a free port of this machine. */
export async function smallService(): Promise<SmallService> {
	const came: Came[] = [];
	const replies = new Map<string, Deed | Deed[]>();
	const server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const path = request.url ?? '';
			const method = request.method ?? '';
			came.push({ method, path, headers: request.headers, body: Buffer.concat(parts) });
			answer(deed(replies, `${method} ${path.replace(`${HOME}/`, '')}`), response, request.socket);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const end = () =>
		new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { origin, address: origin + HOME, came, replies, end };
}

function deed(replies: Map<string, Deed | Deed[]>, asked: string): Deed {
	const found = replies.get(asked);
	const next = Array.isArray(found) ? found.shift() : found;
	return next ?? { status: 500, body: `no reply to ${asked}` };
}

function answer(todo: Deed, response: ServerResponse, socket: Socket): void {
	if (typeof todo === 'function') {
		todo(response, socket);
		return;
	}
	const known = todo.stranger ? {} : { 'X-OpenRosa-Version': '1.0' };
	response.writeHead(todo.status ?? 200, { ...known, ...todo.headers });
	response.end(todo.body ?? '');
}

/** An OpenRosa body with a sentence, as refusals have it. */
export function saying(status: number, code: string, sentence: string): Reply {
	const body =
		'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">' +
		`<message nature="error">${sentence}</message></OpenRosaResponse>`;
	return { status, body, headers: { 'Content-Type': 'text/xml; charset=utf-8', 'X-Evalsvc-Code': code } };
}
