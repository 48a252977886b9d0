import type { AttachedFile } from '../model.ts';
import { escapeText } from './submission.ts';

/** Letters, digits and few signs: what every file system and the server keep as it is. */
const SAFE_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u;
const LONGEST_OWN_NAME = 60;

/**
 * Name a file uniquely within its interview, and hardly ever like one of another: time, chance, and what it was called
 * before where that is a safe name.
 */
export function newFileName(called: string): string {
	const chance = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
	const unique = `${Date.now()}-${chance.toString(36).padStart(7, '0')}`;
	const own = called.normalize('NFC').trim();
	if (SAFE_NAME.test(own) && own.length <= LONGEST_OWN_NAME) {
		return `${unique}-${own}`;
	}
	const ending = /\.[A-Za-z0-9]{1,8}$/.exec(own)?.[0] ?? '';
	return unique + ending.toLowerCase();
}

/** The files of an interview by name. The engine forgets those that were not chosen in this session, so they are kept here. */
export class InterviewFiles {
	private readonly byName: Map<string, AttachedFile>;

	constructor(files: ReadonlyMap<string, AttachedFile>) {
		this.byName = new Map(files);
	}

	/** Keep a file under a name of its own; gives that name. */
	add(file: AttachedFile): string {
		const name = newFileName(file.name);
		this.byName.set(name, { ...file, name });
		return name;
	}

	remove(name: string): void {
		this.byName.delete(name);
	}

	/** The files that a submission names, in the order in which they came. */
	namedIn(xml: string): ReadonlyMap<string, AttachedFile> {
		return new Map([...this.byName].filter(([name]) => xml.includes(`>${escapeText(name)}</`)));
	}
}
