import { expect, it } from 'vitest';

import { byVillage, chosen } from './household_order.ts';
import { householdsOf, type Household } from './household_status.ts';
import { task } from './samples.ts';

const WAYS: Readonly<Record<string, number>> = { 'B-10': 900, 'B-2': 900, 'A-1': 4000 };

function households(metres: Readonly<Record<string, number>> = WAYS): readonly Household[] {
	const tasks = [
		task({ unit_id: 'A-1', village: '示例一村' }),
		task({ unit_id: 'B-10', village: '示例二村', disposition: 'refused' }),
		task({ unit_id: 'B-2', village: '示例二村' }),
	];
	return householdsOf(tasks, [], [], (each) => metres[each.unit_id] ?? null);
}

it('puts the nearest village first, and numbers in the order in which people count', () => {
	const villages = byVillage(households());
	expect(villages.map((village) => village.name)).toEqual(['示例二村', '示例一村']);
	expect(villages[0]?.households.map((each) => each.task.unit_id)).toEqual(['B-2', 'B-10']);
});

it('orders by number where no way is known', () => {
	expect(byVillage(households({})).map((village) => village.name)).toEqual(['示例一村', '示例二村']);
});

it('chooses what is left to do, what is done, and by a part of the number or village', () => {
	const numbers = (filter: 'to_do' | 'done' | 'all', search = '') =>
		chosen(households(), filter, search).map((each) => each.task.unit_id);
	expect(numbers('to_do')).toEqual(['A-1', 'B-2']);
	expect(numbers('done')).toEqual(['B-10']);
	expect(numbers('all', ' b-1 ')).toEqual(['B-10']);
	expect(numbers('all', '一村')).toEqual(['A-1']);
});
