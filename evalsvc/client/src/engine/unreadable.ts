import type { Trouble } from '../model.ts';

/** Thrown where a form, or an interview of it, cannot be opened; the details are for whoever looks after the form. */
export class FormUnreadable extends Error {
	readonly trouble: Trouble;

	constructor(detail: string, cause?: unknown) {
		super(detail, { cause });
		this.name = 'FormUnreadable';
		this.trouble = { code: 'phone.form_unreadable', details: { detail }, said: null };
	}
}

/** Thrown where a table that the form looks values up in is not on the phone. */
export class FormFileMissing extends Error {
	readonly trouble: Trouble;

	constructor(file: string) {
		super(file);
		this.name = 'FormFileMissing';
		this.trouble = { code: 'phone.form_file_missing', details: { file }, said: null };
	}
}
