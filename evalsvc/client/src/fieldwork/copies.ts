/** What this phone holds of interviews that were finished. */
import type { AttachedFile, KeptInterview, ReturnedInterview } from '../model.ts';
import { bytesOf, sha256 } from '../vault/bytes.ts';
import { unlessDamaged } from '../vault/trouble.ts';
import type { Vault } from '../vault/vault.ts';

/** The copy on this phone of what the server holds of a returned interview; null where there is none that opens. */
export async function copyOf(vault: Vault, returned: ReturnedInterview): Promise<KeptInterview | null> {
	for (const each of await vault.interviews.list()) {
		if (each.state === 'sent' && each.instanceId === returned.instance_id) {
			const interview = await unlessDamaged(() => vault.interviews.read(each.id));
			if (interview !== null && (await sha256(bytesOf(interview.xml))) === returned.sha256) {
				return interview;
			}
		}
	}
	return null;
}

/** The assignment of a household as it is listed now; empty where it is not. */
export async function assignmentOf(vault: Vault, unitId: string): Promise<string> {
	const listed = await vault.lists.read('tasks');
	return listed?.tasks.find((task) => task.unit_id === unitId)?.assignment_id ?? '';
}

/** The XML of the interview by a form that was finished last; null where none lies on this phone. */
export async function lastFinished(vault: Vault, formId: string): Promise<string | null> {
	const all = await vault.interviews.list();
	const finished = all.filter((each) => each.formId === formId && each.state !== 'draft');
	const last = finished.sort((one, other) => one.savedAt.localeCompare(other.savedAt)).at(-1);
	const interview = last && (await unlessDamaged(() => vault.interviews.read(last.id)));
	return interview?.xml ?? null;
}

/** A file of an interview; null where it is gone from the disk or does not open any more. */
export function fileOf(vault: Vault, id: string, name: string): Promise<AttachedFile | null> {
	return unlessDamaged(() => vault.interviews.file(id, name));
}

/** The files of an interview that are there, by their names. */
export async function filesOf(vault: Vault, { id, fileNames }: KeptInterview): Promise<Map<string, AttachedFile>> {
	const files = new Map<string, AttachedFile>();
	for (const name of fileNames) {
		const file = await fileOf(vault, id, name);
		if (file !== null) {
			files.set(name, file);
		}
	}
	return files;
}
