import { expect, test } from 'vitest';

import { DEVICE, question, stored } from '../engine/opened_for_tests.ts';
import { openForm } from '../engine/form.ts';
import xml from './forms/kinds.xml?raw';
import { numberFault, thousands } from './numbers.ts';

const TYPED = [
	'0',
	'-3',
	'+7',
	'12',
	'１２',
	' 5 ',
	'1.5',
	'1.',
	'.5',
	'1,000',
	'4x',
	'四',
	'-',
	'1e3',
	'2147483647',
	'2147483648',
	'0.1234567890123456',
	'123456789012345.6',
];

test.each(['money', 'area'])('a text is a fault exactly where the form does not take it: %s', async (name) => {
	const session = await (await openForm(stored(xml), DEVICE)).begin({});
	const asked = question(session, name);
	for (const text of TYPED) {
		expect([text, numberFault(asked.kind === 'decimal' ? 'decimal' : 'integer', text) === null]).toEqual([
			text,
			asked.give(text),
		]);
	}
});

test('faults say what is wrong', () => {
	expect(numberFault('integer', '1.5')).toBe('not_whole');
	expect(numberFault('integer', 'x')).toBe('not_number');
	expect(numberFault('integer', '99999999999')).toBe('too_large');
	expect(numberFault('decimal', '0.1234567890123456')).toBe('too_long');
});

test('thousands are set apart where there are some', () => {
	expect(thousands('1234567')).toBe('1,234,567');
	expect(thousands('-20000.50')).toBe('-20,000.50');
	expect(thousands('999')).toBeNull();
	expect(thousands('12x')).toBeNull();
});
