/** The ways into an interview, as addresses name them. */
import type { RouteLocationNormalizedGeneric } from 'vue-router';

import type { FormName } from '../../fieldwork/opening.ts';

export type Way =
	| { readonly kind: 'go_on'; readonly id: string }
	| { readonly kind: 'correct'; readonly instance: string }
	| {
			readonly kind: 'begin';
			readonly form: FormName;
			/** Null for a form that hangs on no household. */
			readonly assignment: string | null;
			/** Whether somebody wants another one besides what there is. */
			readonly besides: boolean;
	  };

/** Read the way out of an address. */
export function wayOf({ name, params, query }: RouteLocationNormalizedGeneric): { readonly way: Way } {
	const text = (key: string) => String(params[key] ?? '');
	if (name === 'interview') {
		return { way: { kind: 'go_on', id: text('id') } };
	}
	if (name === 'correct') {
		return { way: { kind: 'correct', instance: text('instance') } };
	}
	const form = { formId: text('form'), version: text('version') };
	return { way: { kind: 'begin', form, assignment: text('assignment') || null, besides: query.besides === 'yes' } };
}
