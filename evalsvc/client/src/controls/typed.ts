/** A question that is answered by typing: the text is its own until it becomes an answer. */
import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue';

import type { Question } from '../engine/question.ts';
import { usePending } from './pending.ts';

/** Milliseconds without a key after which what was typed becomes the answer, before the question is left. */
const PAUSE = 600;

export interface Typed {
	readonly shown: ComputedRef<string>;
	/** A code of the catalogue for what is wrong with the text that is shown; null where nothing is. */
	readonly fault: Ref<string | null>;
	type(event: Event): void;
	/** Make the text the answer now. */
	commit(): void;
}

/**
 * Hold what is typed until there is a pause or the question is left. `faultOf` gives a code of the catalogue for a text that
 * is no answer; `pauses` says whether a pause is enough, which it is not where half a number could do harm.
 */
export function useTyped(
	question: () => Question,
	faultOf: (text: string) => string | null,
	pauses: () => boolean,
): Typed {
	const pending = usePending();
	const answer = computed(() => textOf(question()));
	const typed = ref<string | null>(null);
	const fault = ref<string | null>(null);
	let timer = 0;

	function type(event: Event): void {
		const text = (event.target as HTMLInputElement).value;
		typed.value = text;
		fault.value = faultOf(text);
		window.clearTimeout(timer);
		pending.hold(commit);
		if (!(event as InputEvent).isComposing && pauses()) {
			timer = window.setTimeout(commit, PAUSE);
		}
	}

	function commit(): void {
		window.clearTimeout(timer);
		pending.release(commit);
		const text = typed.value;
		if (text === null || fault.value !== null) {
			return;
		}
		if (text === answer.value || question().give(text === '' ? null : text)) {
			typed.value = null;
		} else {
			fault.value = 'phone.form.not_taken';
		}
	}

	onScopeDispose(commit);
	return { shown: computed(() => typed.value ?? answer.value), fault, type, commit };
}

function textOf(question: Question): string {
	return typeof question.answer === 'string' ? question.answer : '';
}
