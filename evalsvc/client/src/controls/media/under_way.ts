import { usePending } from '../pending.ts';

/**
 * Let nobody say 已保存, and nobody leave, while a file that was chosen is on its way to become the answer. The work ends with
 * the answer: what is given after it comes too late for whoever waits.
 */
export function useUnderWay(): <T>(work: Promise<T>) => Promise<T> {
	return usePending().during;
}
