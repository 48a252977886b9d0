/** Unsent interviews as files that only the service opens. */
import { exportLocked, exportUnsent, portions, type HandedOver } from '../../fieldwork/exporting.ts';
import { now } from './person.ts';

/** Hand over finished interviews, without `ids` all of them, in as many files as they need. */
export async function exportOwn(ids: readonly string[] | null, hand: (file: HandedOver) => void): Promise<void> {
	const { vault } = now();
	const parts = ids === null ? await portions(vault) : [ids];
	for (const part of parts.length === 0 ? [[]] : parts) {
		hand(await exportUnsent(vault, part));
	}
}

/** Hand over everything unsent of somebody whose PIN was not entered, as it lies sealed on the phone. */
export async function exportSealed(personId: string, hand: (file: HandedOver) => void): Promise<void> {
	hand(await exportLocked(personId));
}
