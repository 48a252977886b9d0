import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { KeptInterview } from '../model.ts';
import { connect } from '../server/server.ts';
import { database } from '../vault/database.ts';
import { enrolled, file, interview } from '../vault/samples.ts';
import type { FileRecord } from '../vault/schema.ts';
import type { Vault } from '../vault/vault.ts';
import { catalogue } from '../words/catalogue.ts';
import { type Break, type FieldServer, fieldServer } from './field_server.ts';
import { hold } from './holding.ts';
import { giveLocks } from './locks_for_tests.ts';
import { Outbox, waitAfter } from './outbox.ts';

let server: FieldServer;
let vault: Vault;
let outbox: Outbox;

beforeEach(async () => {
	giveLocks();
	server = await fieldServer();
	vault = await enrolled();
	outbox = new Outbox(vault, connect(server.address, 2000));
});

afterEach(() => server.end());

/** Put a finished interview with two photos into the vault. */
async function finished(number = 1): Promise<KeptInterview> {
	const names = [`${number}-甲.jpg`, `${number}-乙.jpg`];
	const kept = interview({
		id: `interview-${number}`,
		instanceId: `uuid:${number}`,
		state: 'finished',
		savedAt: `2026-11-23T02:00:0${number}Z`,
		fileNames: names,
		xml: `<data><a>${names[0]}</a><b>${names[1]}</b><meta><instanceID>uuid:${number}</instanceID></meta></data>`,
	});
	await vault.interviews.save(
		kept,
		names.map((name) => file(name, `bytes of ${name}`.repeat(100))),
	);
	return kept;
}

async function stateOf(kept: KeptInterview): Promise<string> {
	const { state, trouble } = await vault.interviews.read(kept.id);
	expect(trouble === null || catalogue.has(trouble.code)).toBe(true);
	return trouble === null ? state : `${state} ${trouble.code}`;
}

/** Whether the server holds an interview once, bit for bit. */
function holds(kept: KeptInterview): boolean {
	const held = server.held.get(kept.instanceId);
	const same = held?.xml.toString() === kept.xml;
	return same && kept.fileNames.every((name) => held?.files.get(name)?.toString() === `bytes of ${name}`.repeat(100));
}

test('an interview is sent when its receipt is equal, and stays readable', async () => {
	const kept = await finished();
	expect(await outbox.send()).toBe(1);
	expect(await stateOf(kept)).toBe('sent');
	expect(holds(kept)).toBe(true);
	expect((await vault.interviews.read(kept.id)).receivedAt).toBe('2026-11-23T08:00:00Z');
	expect(server.asked).toEqual(['GET receipts', 'HEAD submission', 'POST submission', 'GET receipts']);
	expect(await outbox.send()).toBe(0);
	expect(server.asked).toHaveLength(4);
});

test('drafts are not sent', async () => {
	await vault.interviews.save(interview({ state: 'draft' }), []);
	expect(await outbox.send()).toBe(0);
	expect(server.asked).toEqual([]);
});

test('the oldest goes first', async () => {
	await finished(2);
	await finished(1);
	expect(await outbox.send()).toBe(2);
	expect([...server.held.keys()]).toEqual(['uuid:1', 'uuid:2']);
});

const POST = 'POST submission';
const BREAKS: readonly (readonly [string, Break, string])[] = [
	['500 to the sending', { at: POST, how: 500 }, 'phone.server_error'],
	['503 to the receipt', { at: 'GET receipts', how: 503 }, 'phone.server_error'],
	['a hotspot instead of the service', { at: POST, how: 'portal' }, 'phone.portal'],
	['a hotspot instead of the receipt', { at: 'GET receipts', how: 'portal' }, 'phone.portal'],
	['a connection cut before anything arrived', { at: POST, how: 'cut before' }, 'phone.offline'],
	['a connection cut after everything arrived', { at: POST, how: 'cut after' }, 'phone.offline'],
	['413', { at: POST, how: 413 }, 'phone.too_large'],
	['a token that was revoked', { at: 'HEAD submission', how: 401 }, 'phone.token_ended'],
];

test.each(BREAKS)('after %s it is unsent, and the next time it is sent once and whole', async (_name, broken, code) => {
	const kept = await finished();
	server.breaks.push(broken);
	expect(await outbox.send()).toBe(0);
	expect(await stateOf(kept)).toBe(`finished ${code}`);
	expect(await outbox.send()).toBe(1);
	expect(await stateOf(kept)).toBe('sent');
	expect(holds(kept)).toBe(true);
	expect(server.held.size).toBe(1);
});

test('what arrived before the connection was cut is not sent again', async () => {
	const kept = await finished();
	server.breaks.push({ at: POST, how: 'cut after' });
	await outbox.send();
	await outbox.send();
	expect(server.posted).toEqual([kept.fileNames]);
	expect(await stateOf(kept)).toBe('sent');
});

test('other bytes under the name of a file are not taken for it', async () => {
	const kept = await finished();
	const [first = '', second = ''] = kept.fileNames;
	const files = new Map([
		[first, Buffer.from(`bytes of ${first}`.repeat(100))],
		[second, Buffer.from('cut off')],
	]);
	server.held.set(kept.instanceId, { xml: Buffer.from(kept.xml), files });
	expect(await outbox.send()).toBe(0);
	expect(server.posted).toEqual([[second]]);
	expect(await stateOf(kept)).toBe('finished phone.conflict');
});

/** A correction of an interview that was sent, with one of its photos and a new one. */
async function correction(): Promise<KeptInterview> {
	const before = await finished(1);
	await outbox.send();
	server.posted.length = 0;
	const names = [before.fileNames[0] ?? '', '2-丙.jpg'];
	const xml = `<data><a>${names[0]}</a><b>${names[1]}</b><meta><instanceID>uuid:2</instanceID><deprecatedID>uuid:1</deprecatedID></meta></data>`;
	const kept = { ...before, id: 'interview-2', instanceId: 'uuid:2', corrects: 'uuid:1', fileNames: names, xml };
	await vault.interviews.save(
		kept,
		names.map((name) => file(name, `bytes of ${name}`.repeat(100))),
	);
	return kept;
}

test('a correction is sent without the files that the server has of the version before', async () => {
	const kept = await correction();
	expect(await outbox.send()).toBe(1);
	expect(server.posted).toEqual([['2-丙.jpg']]);
	expect(await stateOf(kept)).toBe('sent');
	expect(holds(kept)).toBe(true);
});

test('where the server does not take them over, they are sent after all', async () => {
	const kept = await correction();
	server.takesOver = false;
	expect(await outbox.send()).toBe(1);
	expect(server.posted).toEqual([['2-丙.jpg'], [kept.fileNames[0]]]);
	expect(await stateOf(kept)).toBe('sent');
	expect(holds(kept)).toBe(true);
});

test('a broken upload goes on with the files that are missing', async () => {
	const kept = await finished();
	const size = new TextEncoder().encode(kept.xml).length;
	server.mostBytes = size + 2000;
	// The second part is cut, the first was taken.
	const taken = server.held;
	const set = taken.set.bind(taken);
	vi.spyOn(taken, 'set').mockImplementationOnce((...given) => {
		server.breaks.push({ at: POST, how: 'cut before' });
		return set(...given);
	});
	expect(await outbox.send()).toBe(0);
	expect(server.posted).toEqual([[kept.fileNames[0]]]);
	expect(await outbox.send()).toBe(1);
	expect(server.posted).toEqual([[kept.fileNames[0]], [kept.fileNames[1]]]);
	expect(holds(kept)).toBe(true);
});

test.each([
	[
		'another hash of the XML',
		(receipt: Record<string, unknown>) => (receipt['sha256'] = '0'.repeat(64)),
		'phone.answers_differ',
	],
	[
		'another hash of a file',
		(receipt: Record<string, unknown>) => ((receipt['files'] as { sha256: string }[])[0]!.sha256 = '1'.repeat(64)),
		'phone.receipt_differs',
	],
	[
		'a file too few',
		(receipt: Record<string, unknown>) => void (receipt['files'] as unknown[]).pop(),
		'phone.receipt_differs',
	],
	['no hash', (receipt: Record<string, unknown>) => (receipt['sha256'] = null), 'phone.unexpected_answer'],
	[
		'another instanceID',
		(receipt: Record<string, unknown>) => (receipt['instance_id'] = 'uuid:2'),
		'phone.unexpected_answer',
	],
])('a receipt with %s is no reason to call it sent', async (_name, distort, code) => {
	const kept = await finished();
	server.distort = distort;
	expect(await outbox.send()).toBe(0);
	expect(await stateOf(kept)).toBe(`finished ${code}`);
});

/** Numbers from 0 to 1 that are the same each time. */
function chances(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1103515245 + 12345) % 2 ** 31;
		return state / 2 ** 31;
	};
}

test('whatever breaks, in whatever order, nothing is lost or doubled', async () => {
	const all: KeptInterview[] = [];
	for (let number = 1; number <= 8; number += 1) {
		all.push(await finished(number));
	}
	const chance = chances(20261123);
	const places = ['GET receipts', 'HEAD submission', POST];
	const ways: readonly Break['how'][] = ['cut before', 'cut after', 'portal', 500, 503, 413, 401];
	const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T;
	server.mostBytes = 2000;
	for (let run = 0; run < 60; run += 1) {
		server.breaks.splice(0, Infinity, { at: pick(places), how: pick(ways) }, { at: pick(places), how: pick(ways) });
		await outbox.send();
		for (const kept of all) {
			const { state, xml } = await vault.interviews.read(kept.id);
			expect(xml).toBe(kept.xml);
			expect(state === 'finished' || holds(kept)).toBe(true);
		}
	}
	server.breaks.length = 0;
	await outbox.send();
	expect((await vault.interviews.list()).map(({ state }) => state)).toEqual(all.map(() => 'sent'));
	expect(all.every(holds)).toBe(true);
	expect(server.held.size).toBe(all.length);
});

test('other answers under the same number are left to people, and do not hold up the rest', async () => {
	const first = await finished(1);
	const second = await finished(2);
	server.held.set('uuid:1', { xml: Buffer.from('<data>other</data>'), files: new Map() });
	expect(await outbox.send()).toBe(1);
	expect(await stateOf(first)).toBe('finished phone.answers_differ');
	expect(await stateOf(second)).toBe('sent');
	expect(server.held.get('uuid:1')?.xml.toString()).toBe('<data>other</data>');
	server.asked.length = 0;
	expect(await outbox.send(false)).toBe(0);
	expect(server.asked).toEqual([]);
});

test('two that arrive at the same moment: the refusal keeps the interview', async () => {
	const kept = await finished();
	const taken = server.held;
	const get = taken.get.bind(taken);
	let looks = 0;
	vi.spyOn(taken, 'get').mockImplementation((id) => {
		looks += 1;
		return looks === 1 ? undefined : (get(id) ?? { xml: Buffer.from('<data>other</data>'), files: new Map() });
	});
	expect(await outbox.send()).toBe(0);
	expect(await stateOf(kept)).toBe('finished phone.conflict');
});

test('without a network the run ends at the first, and nothing is lost', async () => {
	const first = await finished(1);
	const second = await finished(2);
	await server.end();
	expect(await outbox.send()).toBe(0);
	expect(outbox.trouble.value?.code).toBe('phone.offline');
	expect(await stateOf(first)).toBe('finished phone.offline');
	expect(await stateOf(second)).toBe('finished');
});

test('two tabs send nothing twice', async () => {
	const kept = await finished();
	const other = new Outbox(vault, connect(server.address, 2000));
	const [one, two] = await Promise.allSettled([outbox.send(), other.send()]);
	expect(one).toMatchObject({ status: 'fulfilled', value: 1 });
	expect(two).toMatchObject({ status: 'rejected', reason: { trouble: { code: 'phone.sending_elsewhere' } } });
	expect(server.posted).toHaveLength(1);
	expect(await stateOf(kept)).toBe('sent');
});

test('an interview that is removed while it is sent harms nothing', async () => {
	const kept = await finished();
	server.distort = () => void vault.interviews.remove(kept.id, true);
	expect(await outbox.send()).toBe(0);
	expect(await vault.interviews.list()).toEqual([]);
});

test('locking in the middle leaves it unsent', async () => {
	const kept = await finished();
	server.distort = () => vault.lock();
	expect(await outbox.send()).toBe(0);
	expect(outbox.trouble.value?.code).toBe('phone.locked');
	expect(kept.id).toBe('interview-1');
});

test('a file that neither side has is told, and does not keep the rest', async () => {
	const xml = '<data><a>gone.jpg</a><meta><instanceID>uuid:1</instanceID></meta></data>';
	const kept = interview({ state: 'finished', xml });
	await vault.interviews.save(kept, []);
	expect(await outbox.send()).toBe(1);
	expect(await stateOf(kept)).toBe('sent phone.files_missing');
});

test('a file that was damaged or lost on the phone is told, and the answers and the other files arrive', async () => {
	const [kept, other] = [await finished(1), await finished(2)];
	const [first] = await filesOnDisk(kept);
	new Uint8Array(first!.sealed.bytes)[10]! ^= 1;
	await (await database()).put('files', first!);
	await (await database()).delete('files', (await filesOnDisk(other))[0]!.key);
	expect(await outbox.send()).toBe(2);
	expect([await stateOf(kept), await stateOf(other)]).toEqual(['sent phone.files_missing', 'sent phone.files_missing']);
	expect(server.posted.map((names) => names.length)).toEqual([1, 1]);
	expect(server.held.get(kept.instanceId)?.xml.toString()).toBe(kept.xml);
});

async function filesOnDisk({ id }: KeptInterview): Promise<readonly FileRecord[]> {
	return (await database()).getAllFromIndex('files', 'interview', id);
}

test('a server that asks to wait is not asked for the other interviews meanwhile', async () => {
	const [first, second] = [await finished(1), await finished(2)];
	server.breaks.push({ at: POST, how: 'wait' });
	expect(await outbox.send()).toBe(0);
	expect(outbox.trouble.value?.code).toBe('phone.server_error');
	expect([await stateOf(first), await stateOf(second)]).toEqual(['finished phone.server_error', 'finished']);
	expect(await outbox.send()).toBe(2);
});

test('it goes on by itself after a failure, and stops when it is told to', async () => {
	const kept = await finished();
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
	try {
		server.breaks.push({ at: 'GET receipts', how: 500 });
		const stop = outbox.keepSending();
		await vi.waitFor(() => expect(outbox.nextRun.value).not.toBeNull());
		expect((outbox.nextRun.value ?? 0) - Date.now()).toBeGreaterThanOrEqual(12_000);
		await vi.advanceTimersByTimeAsync(18_000);
		vi.useRealTimers();
		await vi.waitFor(async () => expect(await stateOf(kept)).toBe('sent'));
		stop();
		expect(outbox.nextRun.value).toBeNull();
	} finally {
		vi.useRealTimers();
	}
});

test('while another tab sends it comes back later, and goes on when that one is gone', async () => {
	const kept = await finished();
	const release = await hold(`outbox ${vault.person.id}`);
	const stop = outbox.keepSending();
	await vi.waitFor(() => expect(outbox.nextRun.value).not.toBeNull());
	expect(await stateOf(kept)).toBe('finished');
	release();
	await new Promise((resolve) => setTimeout(resolve, 0));
	window.dispatchEvent(new Event('online'));
	await vi.waitFor(async () => expect(await stateOf(kept)).toBe('sent'));
	stop();
});

test('an outbox that is stopped in the middle notes no trouble, and the next one sends', async () => {
	const kept = await finished();
	const stop = outbox.keepSending();
	server.distort = () => stop();
	await vi.waitFor(() => expect(server.posted).toHaveLength(1));
	const next = new Outbox(vault, connect(server.address, 2000));
	const stopNext = next.keepSending();
	window.dispatchEvent(new Event('online'));
	await vi.waitFor(async () => expect(await stateOf(kept)).toBe('sent'));
	stopNext();
	expect(server.posted).toHaveLength(1);
});

test('waits grow up to a quarter of an hour', () => {
	expect([1, 2, 3].map((failures) => waitAfter(failures, 0.5))).toEqual([15, 30, 60]);
	expect(waitAfter(100, 0.5)).toBe(900);
});
