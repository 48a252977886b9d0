/** Something that may fail is tried: while it runs the screen says so, and what went wrong gets its sentence. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';

import type { Trouble } from '../../model.ts';

export interface Attempt {
	readonly busy: Readonly<Ref<boolean>>;
	/** Why the last attempt failed; null while there is nothing to tell. */
	readonly trouble: ShallowRef<Trouble | null>;
	/** Try something; whether it succeeded. A second call while one is running does nothing. */
	attempt(work: () => Promise<void>): Promise<boolean>;
}

/** Return a way to try things one at a time. */
export function useAttempt(): Attempt {
	const busy = ref(false);
	const trouble = shallowRef<Trouble | null>(null);
	async function attempt(work: () => Promise<void>): Promise<boolean> {
		if (busy.value) {
			return false;
		}
		busy.value = true;
		trouble.value = null;
		try {
			await work();
			return true;
		} catch (error) {
			trouble.value = troubleOf(error);
			return false;
		} finally {
			busy.value = false;
		}
	}
	return { busy, trouble, attempt };
}

/** The trouble that an error carries; what carries none is a mistake of ours, told without what its message may quote. */
export function troubleOf(error: unknown): Trouble {
	if (carriesTrouble(error)) {
		return error.trouble;
	}
	report(error);
	return { code: 'phone.screen.unexpected', details: { name: nameOf(error) }, said: null };
}

/** Name an unexpected error in the console: where it happened, never its message, which may quote an answer. */
export function report(error: unknown): void {
	const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at |@/.test(line)) : [];
	console.error([nameOf(error), ...frames].join('\n'));
}

function nameOf(error: unknown): string {
	return error instanceof Error || error instanceof DOMException ? error.name : typeof error;
}

function carriesTrouble(error: unknown): error is { readonly trouble: Trouble } {
	const carried = (error as { trouble?: Partial<Trouble> } | null)?.trouble;
	return typeof carried?.code === 'string';
}
