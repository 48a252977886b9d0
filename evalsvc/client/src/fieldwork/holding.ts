/** What only one tab may do at a time: Web Locks, which the browser takes back when a tab dies. */
import { FieldworkTrouble } from './trouble.ts';

/** Milliseconds that a page which is just going away, as when it is loaded again, may still hold something. */
const PATIENCE = 1000;

/**
 * Hold something until what is returned is called, alone or (`shared`) beside others who do so. Throws `phone.open_elsewhere`
 * where another tab keeps holding it.
 */
export function hold(name: string, mode: LockMode = 'exclusive'): Promise<() => void> {
	return new Promise((resolve, reject) => {
		const until = { signal: AbortSignal.timeout(PATIENCE), mode };
		const holding = navigator.locks.request(`evalsvc ${name}`, until, () => {
			return new Promise<void>((release) => resolve(release));
		});
		holding.catch((error: unknown) => {
			const elsewhere = until.signal.aborted;
			reject(elsewhere ? new FieldworkTrouble('phone.open_elsewhere') : error);
		});
	});
}

/** What is held for one piece of work: as much as is needed, let go together. */
export class Held {
	private readonly releases: (() => void)[] = [];
	readonly release = (): void => this.releases.splice(0).forEach((one) => one());

	/** Hold this too. Throws `phone.open_elsewhere`. */
	async also(name: string, mode?: LockMode): Promise<void> {
		this.releases.push(await hold(name, mode));
	}
}

/** Do something that holds what it gives on to its result, and nothing where it fails. */
export async function whileHeld<T>(work: (held: Held) => Promise<T>): Promise<T> {
	const held = new Held();
	try {
		return await work(held);
	} catch (error) {
		held.release();
		throw error;
	}
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

/** What an interview of a form version holds before it lies on the disk, beside others; who removes the version, alone. */
export function formLock({ formId, version }: { readonly formId: string; readonly version: string }): string {
	return `form ${formId} ${version}`;
}
