/** The numbers of a range: from where to where, and by which step. */

export interface Range {
	readonly start: number;
	readonly end: number;
	readonly step: number;
}

/** Read the parameters of a range; what is missing is as XForms has it: 0 to 10 by 1. */
export function rangeOf(parameters: Readonly<Record<string, string>>): Range {
	const number = (name: string, otherwise: number): number => {
		const value = Number(parameters[name] ?? otherwise);
		return Number.isFinite(value) ? value : otherwise;
	};
	return { start: number('start', 0), end: number('end', 10), step: Math.abs(number('step', 1)) || 1 };
}

/** The value that lies a number of steps from another one, within the range and without the dust of binary fractions. */
export function stepped(range: Range, from: number, steps: number): number {
	const [least, most] = [Math.min(range.start, range.end), Math.max(range.start, range.end)];
	return tidy(range, Math.min(most, Math.max(least, from + steps * range.step)));
}

/** All values of a range, for a list. */
export function valuesOf(range: Range): readonly number[] {
	const way = range.end < range.start ? -1 : 1;
	const number = Math.floor(Math.abs(range.end - range.start) / range.step + 1e-9);
	return Array.from({ length: number + 1 }, (_, index) => tidy(range, range.start + way * index * range.step));
}

function tidy(range: Range, value: number): number {
	const places = (number: number): number => String(number).split('.')[1]?.length ?? 0;
	return Number(value.toFixed(Math.max(places(range.step), places(range.start))));
}
