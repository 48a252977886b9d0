import { describe, expect, it } from 'vitest';

import { next, thresholdsOf, type Happening, type Taking } from './taking.ts';

const within = (accuracy: number) => ({ latitude: 30.5, longitude: 114, altitude: null, accuracy });
const reading = (accuracy: number): Happening => ({ kind: 'reading', position: within(accuracy) });

function after(...happenings: Happening[]): Taking {
	return happenings.reduce<Taking>((taking, happening) => next(taking, happening, 10), { stage: 'idle' });
}

describe('a search', () => {
	it('takes the first position that is exact enough, and no later one', () => {
		expect(after({ kind: 'begin' }, reading(900), reading(11))).toEqual({ stage: 'searching', reading: within(11) });
		expect(after({ kind: 'begin' }, reading(11), reading(10), reading(3))).toEqual({
			stage: 'taken',
			position: within(10),
		});
	});

	it('takes what there is when asked, and goes on where there is nothing', () => {
		expect(after({ kind: 'begin' }, reading(60), { kind: 'take now' })).toEqual({
			stage: 'taken',
			position: within(60),
		});
		expect(after({ kind: 'begin' }, { kind: 'take now' })).toEqual({ stage: 'searching', reading: null });
	});

	it('ends when the time is over: with what there is, or as a failure', () => {
		const late: Happening[] = [{ kind: 'begin' }, reading(60), { kind: 'time is over' }];
		expect(after(...late)).toEqual({ stage: 'late', reading: within(60) });
		expect(after(...late, { kind: 'take now' })).toEqual({ stage: 'taken', position: within(60) });
		expect(after(...late, { kind: 'stop' })).toEqual({ stage: 'idle' });
		expect(after({ kind: 'begin' }, { kind: 'time is over' })).toEqual({ stage: 'failed', failure: 'timeout' });
	});

	it('outlives a signal that goes, but no permission that is taken back', () => {
		const lost: Happening = { kind: 'failure', failure: 'unavailable' };
		expect(after({ kind: 'begin' }, reading(60), lost)).toEqual({ stage: 'searching', reading: within(60) });
		expect(after({ kind: 'begin' }, lost)).toEqual({ stage: 'failed', failure: 'unavailable' });
		const denied: Happening = { kind: 'failure', failure: 'denied' };
		expect(after({ kind: 'begin' }, reading(60), denied)).toEqual({ stage: 'failed', failure: 'denied' });
		expect(after({ kind: 'begin' }, denied, { kind: 'begin' })).toEqual({ stage: 'searching', reading: null });
	});

	it('that failed is over when a position was typed', () => {
		expect(after({ kind: 'begin' }, { kind: 'time is over' }, { kind: 'stop' })).toEqual({ stage: 'idle' });
	});

	it('is stopped, and hears nothing afterwards', () => {
		expect(after({ kind: 'begin' }, { kind: 'stop' }, reading(3))).toEqual({ stage: 'idle' });
	});
});

it('takes nothing by itself where the form says 0', () => {
	const taking = next({ stage: 'searching', reading: null }, reading(0), 0);
	expect(taking.stage).toBe('searching');
});

it('has the thresholds of the form, else those of ODK Collect', () => {
	expect(thresholdsOf({ 'capture-accuracy': '10', 'warning-accuracy': '50' })).toEqual({ capture: 10, warning: 50 });
	expect(thresholdsOf({})).toEqual({ capture: 5, warning: 100 });
});
