/** Make the part that fills forms ready while nobody waits for it. */
import type { Task } from '../../model.ts';
import { report } from './attempt.ts';
import { now } from './person.ts';

const LATEST = 4000;
let asked = false;

/** Load the form engine and let it run once, as soon as the phone has nothing else to do; once is enough. */
export function warmUpSoon(): void {
	if (asked) {
		return;
	}
	asked = true;
	whenIdle(load);
}

/** Read the form of a household ahead that somebody looks at. */
export function prepareSoon(task: Task): void {
	const form = { formId: task.form_id, version: task.version };
	whenIdle(async () => {
		const { prepare } = await import('../interview_part.ts');
		await prepare(now().vault, task, form);
	});
}

function whenIdle(work: () => Promise<void>): void {
	const warm = () => void work().catch(report);
	if ('requestIdleCallback' in window) {
		requestIdleCallback(warm, { timeout: LATEST });
	} else {
		setTimeout(warm, LATEST);
	}
}

async function load(): Promise<void> {
	const { warmUp } = await import('../interview_part.ts');
	await warmUp();
}
