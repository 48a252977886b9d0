import type { Trouble } from '../model.ts';

/** Thrown where a form, or an interview of it, cannot be opened; `detail` is for whoever looks after the form. */
export class FormUnreadable extends Error {
	readonly trouble: Trouble;

	constructor(detail: string, cause?: unknown) {
		super('phone.form_unreadable', { cause });
		this.name = 'FormUnreadable';
		this.trouble = { code: 'phone.form_unreadable', details: { detail }, said: null };
	}
}
