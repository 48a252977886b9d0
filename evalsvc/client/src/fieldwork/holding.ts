/** What only one tab may do at a time: Web Locks, which the browser takes back when a tab dies. */
import { FieldworkTrouble } from './trouble.ts';

/** Milliseconds that a page which is just going away, as when it is loaded again, may still hold something. */
const PATIENCE = 1000;

/** Hold something until what is returned is called. Throws `phone.open_elsewhere` where another tab keeps holding it. */
export function hold(name: string): Promise<() => void> {
	return new Promise((resolve, reject) => {
		const until = { signal: AbortSignal.timeout(PATIENCE) };
		const holding = navigator.locks.request(`evalsvc ${name}`, until, () => {
			return new Promise<void>((release) => resolve(release));
		});
		holding.catch((error: unknown) => {
			const elsewhere = until.signal.aborted;
			reject(elsewhere ? new FieldworkTrouble('phone.open_elsewhere') : error);
		});
	});
}

/** Do something unless another tab does it; null where one does. */
export async function unlessElsewhere<T>(name: string, work: () => Promise<T>): Promise<T | null> {
	return await navigator.locks.request(`evalsvc ${name}`, { ifAvailable: true }, (lock) =>
		lock === null ? null : work(),
	);
}

/** Do something after every other tab has done with it. */
export async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
	return await navigator.locks.request(`evalsvc ${name}`, work);
}
