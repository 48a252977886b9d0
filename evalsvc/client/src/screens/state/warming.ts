/** Make the part that fills forms ready while nobody waits for it. */
import { report } from './attempt.ts';

const LATEST = 4000;
let asked = false;

/** Load the form engine and let it run once, as soon as the phone has nothing else to do; once is enough. */
export function warmUpSoon(): void {
	if (asked) {
		return;
	}
	asked = true;
	const warm = () => void load().catch(report);
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
