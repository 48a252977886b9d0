/** What was typed and is not yet an answer of the form: nobody may say 已保存 before it is. */
import { computed, inject, shallowReactive, type ComputedRef, type InjectionKey } from 'vue';

export interface Pending {
	/** Whether something that was typed still waits. */
	readonly waiting: ComputedRef<boolean>;
	hold(give: () => void): void;
	release(give: () => void): void;
	/** Give everything to the form at once: the page is hidden, left or closed. */
	flush(): void;
}

export const pendingKey: InjectionKey<Pending> = Symbol('what was typed and is not yet given');

/** Begin to hold what is typed in one interview. */
export function newPending(): Pending {
	const held = shallowReactive(new Set<() => void>());
	return {
		waiting: computed(() => held.size > 0),
		hold: (give) => void held.add(give),
		release: (give) => void held.delete(give),
		flush: () => [...held].forEach((give) => give()),
	};
}

/** What the form screen holds; a control that stands alone holds for itself. */
export function usePending(): Pending {
	return inject(pendingKey, newPending, true);
}
