/** Unsent interviews as files that a supervisor imports: docs/formats.md, Unsent interviews. */
import type { InterviewSummary, KeptInterview } from '../model.ts';
import { bytesOf, type Bytes, sha256 } from '../vault/bytes.ts';
import { packed, sealedForServer, sealedRecords } from '../vault/handing_over.ts';
import { unlessDamaged } from '../vault/trouble.ts';
import type { Vault } from '../vault/vault.ts';
import { filesOf } from './copies.ts';
import { FieldworkTrouble } from './trouble.ts';

/** A file to be handed over; its name says nothing of anybody. */
export interface HandedOver {
	readonly name: string;
	readonly bytes: Bytes;
	/** How many interviews are not in it, for they do not open any more. */
	readonly leftOut: number;
}

/** Bytes of interviews that one file holds, unless a single interview has more: a phone has to hold it twice in memory. */
const MOST_BYTES = 50_000_000;

/** The finished interviews of a vault, the oldest first, divided so that each part fits into one file. */
export async function portions(vault: Vault, most = MOST_BYTES): Promise<readonly (readonly string[])[]> {
	const parts: string[][] = [];
	let room = 0;
	for (const { id, bytes } of finished(await vault.interviews.list())) {
		if (parts.length === 0 || bytes > room) {
			parts.push([]);
			room = most;
		}
		parts.at(-1)?.push(id);
		room -= bytes;
	}
	return parts;
}

/**
 * Make a file of interviews that only the server opens. They stay on the phone; what is damaged keeps nothing else out.
 * Throws `phone.nothing_unsent`, `phone.record_damaged` where none opens, and what the vault throws.
 */
export async function exportUnsent(vault: Vault, ids: readonly string[]): Promise<HandedOver> {
	if (ids.length === 0) {
		throw new FieldworkTrouble('phone.nothing_unsent');
	}
	const list: unknown[] = [];
	const files: Record<string, Uint8Array> = {};
	for (const id of ids) {
		const interview = await unlessDamaged(() => vault.interviews.read(id));
		if (interview !== null) {
			const folder = String(list.length + 1).padStart(4, '0');
			list.push(await added(vault, interview, folder, files));
		}
	}
	if (list.length === 0) {
		throw new FieldworkTrouble('phone.record_damaged');
	}
	const content = packed({ 'manifest.json': bytesOf(JSON.stringify(list)), ...files });
	const bytes = await sealedForServer(vault.serverKey, vault.person, content);
	return { name: fileName(), bytes, leftOut: ids.length - list.length };
}

/** Make a file of everything unsent of a person whose vault is locked, drafts too. Throws `phone.person_gone`, `phone.nothing_unsent`. */
export async function exportLocked(id: string): Promise<HandedOver> {
	return { name: fileName(), bytes: await sealedRecords(id), leftOut: 0 };
}

function finished(all: readonly InterviewSummary[]): readonly InterviewSummary[] {
	const unsent = all.filter((each) => each.state === 'finished');
	return unsent.sort((one, other) => (one.savedAt < other.savedAt ? -1 : 1));
}

/** Put an interview and those of its files that open below its folder; gives its row of the list. */
async function added(
	vault: Vault,
	interview: KeptInterview,
	folder: string,
	files: Record<string, Uint8Array>,
): Promise<unknown> {
	const xml = bytesOf(interview.xml);
	files[`${folder}/submission.xml`] = xml;
	const listed: unknown[] = [];
	for (const { name, bytes } of (await filesOf(vault, interview)).values()) {
		files[`${folder}/files/${name}`] = bytes;
		listed.push({ name, sha256: await sha256(bytes) });
	}
	const { instanceId, formId, version } = interview;
	return { folder, instance_id: instanceId, form_id: formId, version, sha256: await sha256(xml), files: listed };
}

function fileName(): string {
	return `evalsvc-unsent-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}.bin`;
}
