/** Unsent interviews as files that only the service opens. */
import { exportLocked, exportUnsent, portions, type HandedOver } from '../../fieldwork/exporting.ts';
import { troubleOf } from '../../fieldwork/trouble.ts';
import { now } from './person.ts';

/** An export under way: browsers let one download pass for each touch, so its files are made one by one. */
export interface Export {
	/** Names of the files that were handed to the browser. */
	readonly names: readonly string[];
	readonly waiting: readonly Part[];
	/** Interviews that do not open any more, so they are in no file. */
	readonly leftOut: number;
}

interface Part {
	/** How many interviews are to be in it; of a locked person nobody knows. */
	readonly number: number;
	make(): Promise<HandedOver>;
}

/** Begin to hand over finished interviews, without `ids` all of them, in as many files as they need. */
export async function exportOwn(ids: readonly string[] | null): Promise<Export> {
	const { vault } = now();
	const parts = ids === null ? await portions(vault) : [ids];
	return begun((parts.length === 0 ? [[]] : parts).map((part) => partOf(part.length, () => exportUnsent(vault, part))));
}

/** Begin to hand over everything unsent of somebody whose PIN was not entered, as it lies sealed on the phone. */
export function exportSealed(personId: string): Export {
	return begun([partOf(0, () => exportLocked(personId))]);
}

/** Make the next file and hand it over; one of which nothing opens is left out, unless there is no other. */
export async function handNext({ names, waiting, leftOut }: Export, hand: (file: HandedOver) => void): Promise<Export> {
	const [part, ...later] = waiting;
	if (part === undefined) {
		return { names, waiting, leftOut };
	}
	try {
		const file = await part.make();
		hand(file);
		return { names: [...names, file.name], waiting: later, leftOut: leftOut + file.leftOut };
	} catch (error) {
		if (troubleOf(error).code !== 'phone.record_damaged' || names.length + later.length === 0) {
			throw error;
		}
		return handNext({ names, waiting: later, leftOut: leftOut + part.number }, hand);
	}
}

function begun(waiting: readonly Part[]): Export {
	return { names: [], waiting, leftOut: 0 };
}

function partOf(number: number, make: Part['make']): Part {
	return { number, make };
}
