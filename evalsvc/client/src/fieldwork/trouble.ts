import type { Trouble } from '../model.ts';

/** Thrown by what screens ask for, where neither the server nor the vault is the reason. */
export class FieldworkTrouble extends Error {
	readonly trouble: Trouble;

	constructor(code: string, details: Trouble['details'] = {}, said: Trouble['said'] = null) {
		super(code);
		this.name = 'FieldworkTrouble';
		this.trouble = { code, details, said };
	}
}

/** The trouble that an error carries; what carries none is a mistake of ours, told by its name, for messages may quote answers. */
export function troubleOf(error: unknown): Trouble {
	const { trouble, name } = (error ?? {}) as { trouble?: Trouble; name?: unknown };
	if (typeof trouble?.code === 'string') {
		return trouble;
	}
	return { code: 'phone.unforeseen', details: { name: typeof name === 'string' ? name : typeof error }, said: null };
}
