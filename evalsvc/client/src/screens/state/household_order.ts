/** The order in which households are shown: by village, the nearest first where the way is known. */
import { isToDo, type Household } from './household_status.ts';

export type Filter = 'to_do' | 'done' | 'all';

export interface Village {
	readonly name: string;
	readonly county: string;
	readonly households: readonly Household[];
}

/** Choose households by what is left to do, and by a part of their number or village. */
export function chosen(households: readonly Household[], filter: Filter, search: string): readonly Household[] {
	const wanted = search.trim().toLowerCase();
	return households.filter(
		({ task, status }) =>
			(filter === 'all' || isToDo(status) === (filter === 'to_do')) &&
			`${task.unit_id} ${task.village}`.toLowerCase().includes(wanted),
	);
}

/** Gather households by village; villages and households by distance where known, else by name and number. */
export function byVillage(households: readonly Household[]): readonly Village[] {
	const villages = new Map<string, Household[]>();
	for (const household of households) {
		const key = `${household.task.county} ${household.task.village}`;
		villages.set(key, [...(villages.get(key) ?? []), household]);
	}
	return [...villages.values()]
		.map((group) => group.sort(nearestFirst))
		.sort(([one], [other]) => (one && other ? nearestFirst(one, other) : 0))
		.map((group) => ({ name: group[0]?.task.village ?? '', county: group[0]?.task.county ?? '', households: group }));
}

/** Households of one village may all have the village's own position: their numbers decide then. */
function nearestFirst(one: Household, other: Household): number {
	const difference = (one.metres ?? Infinity) - (other.metres ?? Infinity);
	return difference || one.task.unit_id.localeCompare(other.task.unit_id, undefined, { numeric: true });
}
