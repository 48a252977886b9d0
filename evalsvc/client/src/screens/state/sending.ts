/** The outbox of who is signed in: it sends by itself while the application is open, and when somebody asks. */
import { computed, shallowRef } from 'vue';

import { Outbox } from '../../fieldwork/outbox.ts';
import type { Trouble } from '../../model.ts';
import { useAttempt } from './attempt.ts';
import { loadInterviews } from './field.ts';
import { opened } from './person.ts';

export interface SendingState {
	readonly stage: 'sending' | 'checking';
	/** Between 0 and 1. */
	readonly share: number;
}

const PAUSE = 3000;
const outbox = shallowRef<Outbox | null>(null);
const { attempt, busy, trouble } = useAttempt();

export const sending = computed(() => busy.value || outbox.value?.sending.value != null);
/** Why the last run ended before its end. */
export const sendingTrouble = computed<Trouble | null>(() => trouble.value ?? outbox.value?.trouble.value ?? null);

/** How far the sending of an interview is; null while it is not its turn. */
export function progressOf(id: string): SendingState | null {
	const now = outbox.value?.sending.value;
	if (now?.id !== id) {
		return null;
	}
	return { stage: now.sent < now.total ? 'sending' : 'checking', share: now.total === 0 ? 0 : now.sent / now.total };
}

/** Keep sending as long as somebody is signed in; returns how to stop. */
export function keepSending(): () => void {
	const { value } = opened;
	if (value === null) {
		return () => undefined;
	}
	const own = new Outbox(value.vault, value.server);
	outbox.value = own;
	const stop = own.keepSending(() => void loadInterviews());
	return () => {
		stop();
		outbox.value = null;
	};
}

/** Send now, also what somebody has to look at. */
export function sendNow(): Promise<boolean> {
	return attempt(async () => {
		await outbox.value?.send().finally(loadInterviews);
	});
}

/** Send what was just finished, after a run that is under way. */
export async function sendSoon(): Promise<void> {
	const own = outbox.value;
	while (own !== null && own === outbox.value) {
		try {
			await own.send(false);
			return await loadInterviews();
		} catch {
			await new Promise((resolve) => setTimeout(resolve, PAUSE));
		}
	}
}
