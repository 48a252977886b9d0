/** The sending of one interview: what the server holds already is asked first, and what it holds then decides. */
import type { AttachedFile, KeptInterview, Receipt } from '../model.ts';
import type { Sending, Server } from '../server/server.ts';
import { bytesOf, sha256 } from '../vault/bytes.ts';
import type { Vault } from '../vault/vault.ts';
import { fileOf } from './copies.ts';
import { FieldworkTrouble } from './trouble.ts';

/** The second is for files that the server was thought to take over from the version before. */
const ROUNDS = 2;

/**
 * Send a finished interview and mark it as sent once the server's receipt is equal to it, file by file. Nothing is sent
 * that the server holds. Throws `phone.answers_differ`, `phone.receipt_differs`, and what server and vault throw.
 */
export async function deliver(vault: Vault, server: Server, id: string, options: Sending): Promise<void> {
	const interview = await vault.interviews.read(id);
	const hash = await sha256(bytesOf(interview.xml));
	const hashes = await hashesOf(vault, interview);
	const before = await receiptOf(server, interview, hash);
	let receipt = before;
	let held = before ?? (await heldBefore(server, interview));
	for (let round = 0; round < ROUNDS && (receipt === null || lacking(hashes, receipt).length > 0); round += 1) {
		await server.submit(interview.xml, await filesOf(vault, id, lacking(hashes, held)), options);
		receipt = held = await receiptOf(server, interview, hash);
	}
	if (receipt === null || lacking(hashes, receipt).length > 0) {
		throw new FieldworkTrouble('phone.receipt_differs');
	}
	await vault.interviews.markSent(id, receipt);
	await noteMissing(vault, id, receipt);
}

/** What the server holds of an interview; null where it holds nothing. Other answers under its number are a trouble. */
async function receiptOf(server: Server, { instanceId }: KeptInterview, hash: string): Promise<Receipt | null> {
	const receipt = await server.receipt(instanceId);
	if (receipt !== null && receipt.sha256 !== hash) {
		throw new FieldworkTrouble('phone.answers_differ');
	}
	return receipt;
}

/** What the server holds of the version that is corrected: it takes over those of its files that are named again. */
async function heldBefore(server: Server, { corrects }: KeptInterview): Promise<Receipt | null> {
	return corrects === null ? null : server.receipt(corrects);
}

/**
 * The hash of each file by its name; one at a time, for together they may be more than a phone has memory for. A file that is
 * gone or damaged keeps the answers from nobody: the receipt says what is missing.
 */
async function hashesOf(vault: Vault, { id, fileNames }: KeptInterview): Promise<ReadonlyMap<string, string>> {
	const hashes = new Map<string, string>();
	for (const name of fileNames) {
		const file = await fileOf(vault, id, name);
		if (file !== null) {
			hashes.set(name, await sha256(file.bytes));
		}
	}
	return hashes;
}

/** The names of files whose very bytes are not in a receipt. */
function lacking(hashes: ReadonlyMap<string, string>, receipt: Receipt | null): readonly string[] {
	const held = new Map(receipt?.files.map((file) => [file.name, file.sha256]));
	return [...hashes].flatMap(([name, hash]) => (held.get(name) === hash ? [] : [name]));
}

async function filesOf(vault: Vault, id: string, names: readonly string[]): Promise<readonly AttachedFile[]> {
	const files: AttachedFile[] = [];
	for (const name of names) {
		const file = await vault.interviews.file(id, name);
		if (file === null) {
			throw new FieldworkTrouble('phone.file_missing', { name });
		}
		files.push(file);
	}
	return files;
}

/** The XML may name a file that neither side has any more; sending again would not bring it. */
async function noteMissing(vault: Vault, id: string, { missing }: Receipt): Promise<void> {
	if (missing[0] !== undefined) {
		await vault.interviews.noteTrouble(id, { code: 'phone.files_missing', details: { name: missing[0] }, said: null });
	}
}
