/** Files of an interview as controls meet them: how one that is attached already is read, and how large one may be. */
import type { InjectionKey } from 'vue';

import type { AttachedFile } from '../../model.ts';

/** Gives a file of the interview by its name, null where this phone does not hold it. */
export type ReadFile = (name: string) => Promise<AttachedFile | null>;

/** Provided by the form screen. */
export const fileReaderKey: InjectionKey<ReadFile> = Symbol('reads a file of the interview');

/** The server takes requests of 20 MB; the submission's XML, its log and the heads of its parts need some of it. */
export const LARGEST_FILE = 18_000_000;

/** Take a file over as it is, under a plain name: the name that it had may tell of a person. */
export async function taken(file: File, called: string): Promise<AttachedFile> {
	const ending = /\.[A-Za-z0-9]{1,8}$/.exec(file.name)?.[0] ?? '';
	return {
		name: called + ending.toLowerCase(),
		type: file.type || 'application/octet-stream',
		bytes: new Uint8Array(await file.arrayBuffer()),
	};
}
