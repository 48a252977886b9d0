import { usePending } from '../pending.ts';

/** Let nobody say 已保存 while a file that was chosen is on its way to become the answer. */
export function useUnderWay(): <T>(work: Promise<T>) => Promise<T> {
	const pending = usePending();
	return async (work) => {
		const waits = (): void => undefined;
		pending.hold(waits);
		try {
			return await work;
		} finally {
			pending.release(waits);
		}
	};
}
