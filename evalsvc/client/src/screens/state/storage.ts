/** How much room the phone has, and whether the browser promised to keep what is stored here. */
import { shallowRef, type ShallowRef } from 'vue';

export interface Storage {
	/** Bytes. */
	readonly used: number;
	readonly quota: number;
	readonly persistent: boolean;
}

/** Null before the browser was asked, and where it does not tell. */
export const storage: ShallowRef<Storage | null> = shallowRef(null);

/** Ask the browser how much room there is. */
export async function lookAtStorage(): Promise<void> {
	if (navigator.storage === undefined) {
		return;
	}
	const { usage, quota } = await navigator.storage.estimate();
	storage.value = { used: usage ?? 0, quota: quota ?? Infinity, persistent: await navigator.storage.persisted() };
}

/** Ask the browser to keep what is stored here until it is removed on purpose; whether it promised. */
export async function askToPersist(): Promise<boolean> {
	const promised = (await navigator.storage?.persist()) ?? false;
	await lookAtStorage();
	return promised;
}
