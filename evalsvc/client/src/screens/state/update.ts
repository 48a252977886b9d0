/** Whether the application lies whole on this phone, and whether a newer version waits; it waits until it is asked for. */
import { readonly, ref, shallowRef } from 'vue';

import type { Trouble } from '../../model.ts';
import { onReady, onWaiting, register } from '../../worker/registration.ts';
import { troubleOf } from './attempt.ts';

const waiting = ref(false);
const whole = ref(false);
export const updateWaiting = readonly(waiting);
/** Whether the application opens without a network. */
export const opensOffline = readonly(whole);
/** Why the application cannot be kept on this phone; null where it is, or may be soon. */
export const keepingTrouble = shallowRef<Trouble | null>(null);

/** Have the application kept on this phone. */
export async function keepApplication(): Promise<void> {
	onWaiting(() => (waiting.value = true));
	onReady(() => (whole.value = true));
	try {
		await register();
	} catch (error) {
		keepingTrouble.value = troubleOf(error);
	}
}
