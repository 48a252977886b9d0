import { expect, it } from 'vitest';

import { partOf } from './form_part.ts';

function form(unitMark: string, binds: string, rest = ''): string {
	return `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
		xmlns:evalsvc="https://evalsvc.org/xform/1"><h:head><model>${rest.split('|')[0]}
		<bind nodeset="/data/visit/unit_id" type="string" ${unitMark}/>${binds}</model></h:head>
		<h:body>${rest.split('|')[1] ?? ''}</h:body></h:html>`;
}

const OUTCOME = '<bind nodeset="/data/visit/disposition" type="string"/>';
const FROM_LIST = `<select1 ref="/data/visit/disposition"><itemset nodeset="instance('outcome')/root/item[true()]">
	<value ref="name"/></itemset></select1>`;
const list = (value: string) =>
	`<instance id="outcome"><root><item><name>${value}</name></item></root></instance>|${FROM_LIST}`;

it('takes a form without a mark for one about households', () => {
	expect(partOf(form('', ''))).toEqual({ about: 'household', outcomes: 'none' });
});

it('reads what a form is about', () => {
	expect(partOf(form('evalsvc:about="village"', OUTCOME))).toEqual({ about: 'village', outcomes: 'none' });
	expect(partOf(form('evalsvc:about="county"', ''))).toEqual({ about: 'county', outcomes: 'none' });
});

it('tells an interview from the record of a visit without one', () => {
	expect(partOf(form('', OUTCOME, list('completed'))).outcomes).toBe('completed');
	expect(partOf(form('', OUTCOME, list('refused'))).outcomes).toBe('not_completed');
});

it('reads choices that stand in the control itself', () => {
	const control = '<select1 ref="/data/visit/disposition"><item><value>completed</value></item></select1>';
	expect(partOf(form('', OUTCOME, `|${control}`)).outcomes).toBe('completed');
});
