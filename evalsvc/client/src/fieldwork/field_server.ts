/** A small service over HTTP for the tests of this room: it keeps what it is sent as the real one does, and breaks on demand. */
import { File as FileOfNode } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { DeviceInfo, ReturnedInterview, Task } from '../model.ts';
import { saying } from '../server/small_service.ts';
import { deviceInfo } from '../vault/samples.ts';

export interface Held {
	readonly xml: Buffer;
	readonly files: Map<string, Buffer>;
}

/** What goes wrong with one request: before it is taken in, or after. */
export interface Break {
	/** `POST submission`, `GET receipts` and the like. */
	readonly at: string;
	readonly how: 'cut before' | 'cut after' | 'portal' | 'wait' | 500 | 503 | 413 | 401;
}

export interface OfferedForm {
	readonly formId: string;
	readonly version: string;
	readonly xml: string;
	readonly media: Readonly<Record<string, string>>;
}

const HOME = '/v1/key/token/evaluations/evaluation-1/';

export class FieldServer {
	readonly held = new Map<string, Held>();
	readonly breaks: Break[] = [];
	/** Requests by method and first part of the path, in the order in which they came. */
	readonly asked: string[] = [];
	/** Names of files in each POST. */
	readonly posted: string[][] = [];
	device: DeviceInfo = deviceInfo();
	tasks: readonly Task[] = [];
	forms: readonly OfferedForm[] = [];
	returned: readonly ReturnedInterview[] = [];
	/** What is sent of a returned interview, by path below `returned/`. */
	readonly returnedBytes = new Map<string, string>();
	/** How a receipt is changed before it is told. */
	distort: (receipt: Record<string, unknown>) => void = () => undefined;
	mostBytes = 10_000_000;
	/** Whether corrections get the files of the version before that they name. */
	takesOver = true;
	origin = '';
	private readonly http = createServer((request, response) => void this.take(request, response));

	get address(): string {
		return this.origin + HOME.slice(0, -1);
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
		this.origin = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
	}

	end(): Promise<void> {
		return new Promise((resolve) => {
			this.http.close(() => resolve());
			this.http.closeAllConnections();
		});
	}

	private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const parts: Buffer[] = [];
		try {
			for await (const part of request) {
				parts.push(part as Buffer);
			}
		} catch {
			return;
		}
		const path = (request.url ?? '').replace(HOME, '');
		const asked = `${request.method} ${path.split(/[/?]/)[0]}`;
		this.asked.push(asked);
		const index = this.breaks.findIndex((each) => each.at === asked);
		const [broken] = index < 0 ? [] : this.breaks.splice(index, 1);
		if (broken?.how === 'cut before') {
			request.socket.destroy();
		} else if (broken?.how === 'portal') {
			response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Wi-Fi</html>');
		} else if (broken?.how === 'wait') {
			response.setHeader('Retry-After', '30');
			this.say(response, 503, 'broken');
		} else if (typeof broken?.how === 'number') {
			this.say(response, broken.how, 'broken');
		} else {
			const answer = await this.answer(request, path, Buffer.concat(parts));
			if (broken?.how === 'cut after') {
				request.socket.destroy();
			} else {
				answer(response);
			}
		}
	}

	private async answer(
		request: IncomingMessage,
		path: string,
		body: Buffer,
	): Promise<(response: ServerResponse) => void> {
		const [what, ...rest] = path.split('?')[0]?.split('/') ?? [];
		const json = (value: unknown) => this.send(JSON.stringify(value), 'application/json');
		switch (`${request.method} ${what}`) {
			case 'GET device':
				return json({ ...this.device, server_time: this.device.server_time });
			case 'GET assignments':
				return json({ assignments: this.tasks });
			case 'GET formList':
				return this.send(this.formList(), 'text/xml');
			case 'GET form':
				return this.form(decodeURIComponent(rest[0] ?? ''), rest[1] ?? '');
			case 'GET returned':
				return rest.length === 0
					? json({ returned: this.returned })
					: this.send(this.returnedBytes.get(rest.join('/')) ?? '', 'text/xml');
			case 'GET receipts':
				return this.receipt(decodeURIComponent(rest.join('/')));
			case 'HEAD submission':
				return (response) => response.writeHead(204, this.headers()).end();
			case 'POST submission':
				return this.submission(request, body);
			default:
				return (response) => this.say(response, 404, 'not_found');
		}
	}

	private receipt(instanceId: string): (response: ServerResponse) => void {
		const held = this.held.get(instanceId);
		if (held === undefined) {
			return (response) => this.say(response, 404, 'interview.not_received');
		}
		const files = [...held.files].map(([name, bytes]) => ({ name, sha256: sha256(bytes) }));
		const named = [...held.xml.toString().matchAll(/>([^<>]+\.(?:jpg|csv))</g)].map((match) => match[1] ?? '');
		const missing = named.filter((name) => !held.files.has(name));
		const receipt = {
			instance_id: instanceId,
			sha256: sha256(held.xml),
			received_at: '2026-11-23T08:00:00Z',
			files,
			missing,
		};
		this.distort(receipt);
		return this.send(JSON.stringify(receipt), 'application/json');
	}

	private async submission(request: IncomingMessage, body: Buffer): Promise<(response: ServerResponse) => void> {
		const form = await formOf(body, request.headers['content-type'] ?? '');
		let xml = Buffer.alloc(0);
		const files = new Map<string, Buffer>();
		for (const [name, part] of form) {
			if (typeof part !== 'string') {
				const bytes = Buffer.from(await part.arrayBuffer());
				if (name === 'xml_submission_file') {
					xml = bytes;
				} else {
					files.set(name, bytes);
				}
			}
		}
		this.posted.push([...files.keys()]);
		const instanceId = /<(?:\w+:)?instanceID>([^<]+)</.exec(xml.toString())?.[1] ?? '';
		const held = this.held.get(instanceId);
		if (held !== undefined && !held.xml.equals(xml)) {
			return (response) => this.say(response, 409, 'interview.conflict');
		}
		const there = held?.files ?? this.takenOver(xml.toString());
		if (held !== undefined && [...files].some(([name, bytes]) => there.get(name)?.equals(bytes) === false)) {
			return (response) => this.say(response, 409, 'interview.other_file');
		}
		this.held.set(instanceId, { xml, files: new Map([...there, ...files]) });
		return (response) => response.writeHead(201, this.headers()).end();
	}

	/** Files of the version that is corrected, as far as the correction names them. */
	private takenOver(xml: string): Map<string, Buffer> {
		const before = this.held.get(/<deprecatedID>([^<]+)</.exec(xml)?.[1] ?? '');
		const takesOver = this.takesOver && before !== undefined;
		return new Map(takesOver ? [...before.files].filter(([name]) => xml.includes(`>${name}<`)) : []);
	}

	private formList(): string {
		const rows = this.forms.map(({ formId, version, xml, media }) => {
			const home = `${this.address}/form/${encodeURIComponent(`${formId}-${version}`)}`;
			const manifest = Object.keys(media).length === 0 ? '' : `<manifestUrl>${home}/manifest</manifestUrl>`;
			return `<xform><formID>${formId}</formID><name>表</name><version>${version}</version><hash>md5:${md5(xml)}</hash><downloadUrl>${home}</downloadUrl>${manifest}</xform>`;
		});
		return `<xforms xmlns="http://openrosa.org/xforms/xformsList">${rows.join('')}</xforms>`;
	}

	private form(name: string, part: string): (response: ServerResponse) => void {
		const form = this.forms.find(({ formId, version }) => `${formId}-${version}` === name);
		if (form === undefined) {
			return (response) => this.say(response, 404, 'not_found');
		}
		if (part === '') {
			return this.send(form.xml, 'text/xml');
		}
		const rows = Object.entries(form.media).map(
			([filename, text]) =>
				`<mediaFile><filename>${filename}</filename><hash>md5:${md5(text)}</hash><downloadUrl>${this.address}/form/${encodeURIComponent(name)}/${filename}</downloadUrl></mediaFile>`,
		);
		const manifest = `<manifest xmlns="http://openrosa.org/xforms/xformsManifest">${rows.join('')}</manifest>`;
		return this.send(part === 'manifest' ? manifest : (form.media[part] ?? ''), 'text/xml');
	}

	private headers(): Record<string, string> {
		return { 'X-OpenRosa-Version': '1.0', 'X-OpenRosa-Accept-Content-Length': String(this.mostBytes) };
	}

	private send(body: string, type: string): (response: ServerResponse) => void {
		return (response) => response.writeHead(200, { ...this.headers(), 'Content-Type': type }).end(body);
	}

	private say(response: ServerResponse, status: number, code: string): void {
		const { headers, body } = saying(status, code, '说明。');
		response.writeHead(status, { ...this.headers(), ...headers }).end(body);
	}
}

export function sha256(bytes: Buffer | string): string {
	return createHash('sha256').update(bytes).digest('hex');
}

function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}

/** The page that the tests run in; Vitest gives it to them. */
declare const jsdom: { reconfigure(to: { url: string }): void; window: { _origin: string } };

/** Start a service that serves the page of the tests too: one origin, as in the field. */
export async function fieldServer(): Promise<FieldServer> {
	const server = new FieldServer();
	await server.start();
	jsdom.reconfigure({ url: `${server.origin}/app/` });
	jsdom.window._origin = server.origin;
	return server;
}

/** Read a form as Node does: from Node 24 on it accepts none whose files are jsdom's. */
async function formOf(body: Buffer, type: string): Promise<FormData> {
	const ofPage = globalThis.File;
	Object.assign(globalThis, { File: FileOfNode });
	try {
		return await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } }).formData();
	} finally {
		globalThis.File = ofPage;
	}
}
