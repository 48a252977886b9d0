/** Which forms may be begun: for a household, and for what is none. */
import type { Task } from '../../model.ts';
import type { FormSummary } from '../../vault/forms.ts';
import type { FormPart } from './form_part.ts';

/** A form version on the phone, with the part that it plays. */
export interface KnownForm extends FormSummary, FormPart {}

/** The household's own form first, then records of visits without an interview and forms that give no outcome. */
export function formsForHousehold(forms: readonly KnownForm[], task: Task): readonly KnownForm[] {
	const own = forms.find((form) => form.formId === task.form_id && form.version === task.version && !form.withdrawn);
	const beside = newest(forms).filter(
		(form) => form.about === 'household' && form.outcomes !== 'completed' && form.formId !== task.form_id,
	);
	return own === undefined ? beside : [own, ...beside];
}

/** Forms about villages and counties. */
export function formsBeside(forms: readonly KnownForm[]): readonly KnownForm[] {
	return newest(forms).filter((form) => form.about !== 'household');
}

/** The newest version of each form that may still be begun. */
function newest(forms: readonly KnownForm[]): readonly KnownForm[] {
	const found = new Map<string, KnownForm>();
	for (const form of forms.filter((each) => !each.withdrawn)) {
		const before = found.get(form.formId);
		if (before === undefined || isNewer(form.version, before.version)) {
			found.set(form.formId, form);
		}
	}
	return [...found.values()];
}

/** The newest version of a form, where that is a newer one than is given; else null. */
export function newerThan(forms: readonly KnownForm[], formId: string, version: string): string | null {
	const last = newest(forms).find((form) => form.formId === formId)?.version ?? version;
	return isNewer(last, version) ? last : null;
}

/** Numbers in a version count as numbers. */
function isNewer(version: string, other: string): boolean {
	return version.localeCompare(other, 'en', { numeric: true }) > 0;
}
