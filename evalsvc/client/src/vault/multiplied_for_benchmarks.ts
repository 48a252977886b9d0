/** A phone at the end of a long fieldwork, for benchmarks/client_many.py: a draft and a finished interview, many times. */
import type { AttachedFile, KeptInterview, Task } from '../model.ts';
import { listPeople, unlockByPin } from './people.ts';
import type { Vault } from './vault.ts';

/** By the state of an interview: the households that get a copy of the one that is here. */
type Wanted = Readonly<Record<'draft' | 'finished', readonly string[]>>;

/** Open the vault of the one person on this phone, and copy the draft and the finished interview with their files. */
export async function multiply(pin: string, wanted: Wanted): Promise<void> {
	const [person] = await listPeople();
	const vault = await unlockByPin(person?.id ?? '', pin);
	const tasks = new Map((await vault.lists.read('tasks'))?.tasks.map((task) => [task.unit_id, task]));
	for (const { id, state } of await vault.interviews.list()) {
		const original = await vault.interviews.read(id);
		const files = await filesOf(vault, original);
		for (const unit of state === 'sent' ? [] : wanted[state]) {
			await vault.interviews.save(copied(original, tasks.get(unit)), files);
		}
	}
	vault.lock();
}

async function filesOf(vault: Vault, { id, fileNames }: KeptInterview): Promise<readonly AttachedFile[]> {
	const found = await Promise.all(fileNames.map((name) => vault.interviews.file(id, name)));
	return found.filter((each) => each !== null);
}

function copied(original: KeptInterview, task: Task | undefined): KeptInterview {
	if (task === undefined) {
		throw new Error('a household that is not on this phone');
	}
	const [unitId, assignmentId] = [task.unit_id, task.assignment_id];
	const instanceId = `uuid:${crypto.randomUUID()}`;
	const xml = original.xml.replaceAll(original.unitId, unitId).replaceAll(original.instanceId, instanceId);
	return { ...original, id: crypto.randomUUID(), instanceId, unitId, assignmentId, xml, trouble: null };
}
