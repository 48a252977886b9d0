/** What is not yet an answer of the form, typed or on its way: nobody may say 已保存 before it is. */
import { computed, inject, shallowReactive, type ComputedRef, type InjectionKey } from 'vue';

export interface Pending {
	/** Whether something that was typed still waits, or something is under way. */
	readonly waiting: ComputedRef<boolean>;
	/** Whether something is under way that becomes an answer by itself. */
	readonly underWay: ComputedRef<boolean>;
	hold(give: () => void): void;
	release(give: () => void): void;
	/** Wait for work that ends in an answer, as of a photo that is made small; gives what it gives. */
	during<T>(work: Promise<T>): Promise<T>;
	/** Give everything that can be given at once to the form: the page is hidden, or goes on. */
	flush(): void;
	/**
	 * Give everything, and wait until what is under way has become an answer too: the form is finished, left or locked. False
	 * where some of it failed and became none.
	 */
	settled(): Promise<boolean>;
}

export const pendingKey: InjectionKey<Pending> = Symbol('what was typed and is not yet given');

/** Begin to hold what is typed, and what is under way, in one interview. */
export function newPending(): Pending {
	const held = shallowReactive(new Set<() => void>());
	const works = shallowReactive(new Set<Promise<unknown>>());
	const underWay = computed(() => works.size > 0);
	const flush = (): void => [...held].forEach((give) => give());

	function during<T>(work: Promise<T>): Promise<T> {
		const ended = work.finally(() => works.delete(ended));
		works.add(ended);
		return ended;
	}

	async function settled(): Promise<boolean> {
		flush();
		let whole = true;
		while (works.size > 0) {
			const ended = await Promise.allSettled(works);
			whole &&= ended.every(({ status }) => status === 'fulfilled');
		}
		return whole;
	}

	return {
		waiting: computed(() => held.size > 0 || underWay.value),
		underWay,
		hold: (give) => void held.add(give),
		release: (give) => void held.delete(give),
		during,
		flush,
		settled,
	};
}

/** What the form screen holds; a control that stands alone holds for itself. */
export function usePending(): Pending {
	return inject(pendingKey, newPending, true);
}
