import { expect, it } from 'vitest';

import type { About, FormPart } from './form_part.ts';
import { formsBeside, formsForHousehold, newerThan, type KnownForm } from './known_forms.ts';
import { task } from './samples.ts';

function form(
	formId: string,
	version: string,
	about: About,
	outcomes: FormPart['outcomes'],
	withdrawn = false,
): KnownForm {
	return { formId, version, about, outcomes, withdrawn, name: formId, hash: `md5:${formId}${version}` };
}

const FORMS = [
	form('household', '2026.3', 'household', 'completed'),
	form('household', '2026.10', 'household', 'completed'),
	form('monitored', '2026.4', 'household', 'completed'),
	form('not_visited', '2026.9', 'household', 'not_completed'),
	form('not_visited', '2026.10', 'household', 'not_completed'),
	form('back_check', '2026.2', 'household', 'none', true),
	form('village', '2026.2', 'village', 'none'),
	form('county', '2026.2', 'county', 'none'),
];

const names = (forms: readonly KnownForm[]) => forms.map((each) => `${each.formId} ${each.version}`);

it('offers the version that the household was given, then the newest of what goes with every household', () => {
	const given = task({ form_id: 'household', version: '2026.3' });
	expect(names(formsForHousehold(FORMS, given))).toEqual(['household 2026.3', 'not_visited 2026.10']);
});

it('offers nothing that was withdrawn or is not on the phone', () => {
	expect(names(formsForHousehold(FORMS, task({ form_id: 'back_check', version: '2026.2' })))).toEqual([
		'not_visited 2026.10',
	]);
});

it('keeps forms about villages and counties apart', () => {
	expect(names(formsBeside(FORMS))).toEqual(['village 2026.2', 'county 2026.2']);
});

it('tells of a newer version only where there is one', () => {
	expect(newerThan(FORMS, 'household', '2026.3')).toBe('2026.10');
	expect(newerThan(FORMS, 'household', '2026.10')).toBeNull();
	expect(newerThan(FORMS, 'nowhere', '1')).toBeNull();
});
