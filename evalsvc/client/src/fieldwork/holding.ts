/** What only one tab may do at a time: Web Locks, which the browser takes back when a tab dies. */
import { FieldworkTrouble } from './trouble.ts';

/** Hold something until what is returned is called. Throws `phone.open_elsewhere` where another tab holds it. */
export function hold(name: string): Promise<() => void> {
	return new Promise((resolve, reject) => {
		const holding = navigator.locks.request(`evalsvc ${name}`, { ifAvailable: true }, (lock) => {
			if (lock === null) {
				reject(new FieldworkTrouble('phone.open_elsewhere'));
				return undefined;
			}
			return new Promise<void>((release) => resolve(release));
		});
		holding.catch(reject);
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
