import type { StoredForm, Trouble } from '../model.ts';

/** Thrown where a form, or an interview of it, cannot be opened: what happened, for whoever looks after the form. */
export class FormUnreadable extends Error {
	readonly trouble: Trouble;

	private constructor(code: string, form: StoredForm, details: Readonly<Record<string, string>>, cause?: unknown) {
		super(code, { cause });
		this.name = 'FormUnreadable';
		this.trouble = { code, details: { form: form.name, version: form.version, ...details }, said: null };
	}

	/** The engine, or the XML itself, does not allow to work with the form. */
	static byEngine(form: StoredForm, cause: unknown): FormUnreadable {
		const detail = cause instanceof Error ? cause.message : String(cause);
		return new FormUnreadable('phone.form_unreadable', form, { detail }, cause);
	}

	/** A table that the form looks values up in is not on the phone. */
	static fileMissing(form: StoredForm, file: string): FormUnreadable {
		return new FormUnreadable('phone.form_file_missing', form, { file });
	}
}
