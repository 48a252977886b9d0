/** The sending of one interview: what the server holds already is asked first, and what it holds then decides. */
import type { AttachedFile, KeptInterview, Receipt } from '../model.ts';
import type { Sending, Server } from '../server/server.ts';
import { bytesOf, sha256 } from '../vault/bytes.ts';
import type { Vault } from '../vault/vault.ts';
import { FieldworkTrouble } from './trouble.ts';

/**
 * Send a finished interview and mark it as sent once the server's receipt is equal to it, file by file. Nothing is sent
 * that the server holds. Throws `phone.answers_differ`, `phone.receipt_differs`, and what server and vault throw.
 */
export async function deliver(vault: Vault, server: Server, id: string, options: Sending): Promise<void> {
	const interview = await vault.interviews.read(id);
	const hash = await sha256(bytesOf(interview.xml));
	const before = await server.receipt(interview.instanceId);
	if (before !== null && before.sha256 !== hash) {
		throw new FieldworkTrouble('phone.answers_differ');
	}
	const { hashes, unheld } = await comparedFiles(vault, interview, before);
	const complete = before !== null && unheld.length === 0;
	if (!complete) {
		await server.submit(interview.xml, unheld, options);
	}
	const after = complete ? before : await server.receipt(interview.instanceId);
	if (after === null || after.sha256 !== hash || !holdsAll(after, hashes)) {
		throw new FieldworkTrouble('phone.receipt_differs');
	}
	await vault.interviews.markSent(id, after);
	await noteMissing(vault, id, after);
}

/** The hash of each file, and the files whose bytes the server does not hold. */
async function comparedFiles(
	vault: Vault,
	interview: KeptInterview,
	receipt: Receipt | null,
): Promise<{ hashes: ReadonlyMap<string, string>; unheld: readonly AttachedFile[] }> {
	const hashes = new Map<string, string>();
	const unheld: AttachedFile[] = [];
	for (const name of interview.fileNames) {
		const file = await vault.interviews.file(interview.id, name);
		if (file === null) {
			throw new FieldworkTrouble('phone.file_missing', { name });
		}
		const hash = await sha256(file.bytes);
		hashes.set(name, hash);
		if (!receipt?.files.some((held) => held.name === name && held.sha256 === hash)) {
			unheld.push(file);
		}
	}
	return { hashes, unheld };
}

function holdsAll(receipt: Receipt, hashes: ReadonlyMap<string, string>): boolean {
	const held = new Map(receipt.files.map((file) => [file.name, file.sha256]));
	return [...hashes].every(([name, hash]) => held.get(name) === hash);
}

/** The XML may name a file that neither side has; sending again would not bring it. */
async function noteMissing(vault: Vault, id: string, { missing }: Receipt): Promise<void> {
	if (missing[0] !== undefined) {
		await vault.interviews.noteTrouble(id, { code: 'phone.files_missing', details: { name: missing[0] }, said: null });
	}
}
