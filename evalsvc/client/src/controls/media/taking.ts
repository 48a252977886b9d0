/** How a position is taken, without a browser: which step follows on what happens. */
import type { Position } from '../../model.ts';
import { numberOf } from './sizes.ts';

export type Failure = 'denied' | 'unavailable' | 'timeout' | 'insecure';

export type Taking =
	| { readonly stage: 'idle' }
	/** Late: the time is over, and what there is may be taken. */
	| { readonly stage: 'searching'; readonly reading: Position | null }
	| { readonly stage: 'late'; readonly reading: Position }
	| { readonly stage: 'failed'; readonly failure: Failure }
	| { readonly stage: 'taken'; readonly position: Position };

export type Happening =
	| { readonly kind: 'begin' | 'stop' | 'time is over' | 'take now' }
	| { readonly kind: 'reading'; readonly position: Position }
	| { readonly kind: 'failure'; readonly failure: Failure };

export const IDLE: Taking = { stage: 'idle' };

/** Seconds after which nobody waits on for a better position; shipped forms speak of two minutes. */
export const TIME_LIMIT = 120;

/** Metres at which a position is taken by itself (0: never), and beyond which it is doubted; as ODK Collect where a form is silent. */
export interface Thresholds {
	readonly capture: number;
	readonly warning: number;
}

export function thresholdsOf(parameters: Readonly<Record<string, string>>): Thresholds {
	return {
		capture: numberOf(parameters['capture-accuracy']) ?? 5,
		warning: numberOf(parameters['warning-accuracy']) ?? 100,
	};
}

/** The step that follows; what comes after the end of a search changes nothing. */
export function next(taking: Taking, happening: Happening, capture: number): Taking {
	if (happening.kind === 'begin') {
		return { stage: 'searching', reading: null };
	}
	if (taking.stage === 'late' && happening.kind === 'take now') {
		return { stage: 'taken', position: taking.reading };
	}
	if (happening.kind === 'stop') {
		return IDLE;
	}
	return taking.stage === 'searching' ? nextWhileSearching(taking.reading, happening, capture) : taking;
}

function nextWhileSearching(reading: Position | null, happening: Happening, capture: number): Taking {
	switch (happening.kind) {
		case 'reading':
			return isExact(happening.position, capture)
				? { stage: 'taken', position: happening.position }
				: { stage: 'searching', reading: happening.position };
		case 'failure':
			return afterFailure(reading, happening.failure);
		case 'time is over':
			return reading === null ? { stage: 'failed', failure: 'timeout' } : { stage: 'late', reading };
		default:
			return reading === null ? { stage: 'searching', reading } : { stage: 'taken', position: reading };
	}
}

/** A signal that comes and goes ends no search; a permission that is taken back does. */
function afterFailure(reading: Position | null, failure: Failure): Taking {
	return failure === 'denied' || reading === null ? { stage: 'failed', failure } : { stage: 'searching', reading };
}

function isExact(position: Position, capture: number): boolean {
	return position.accuracy !== null && capture > 0 && position.accuracy <= capture;
}
