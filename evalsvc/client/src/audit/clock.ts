/** Where the times of a log come from: milliseconds of the phone's clock, and of one that nobody can set. */
export interface Clock {
	/** Milliseconds since 1970 by the phone's clock, which people and networks set. */
	wall(): number;
	/** Milliseconds since any moment, going on evenly. */
	steady(): number;
}

export const PHONE_CLOCK: Clock = { wall: () => Date.now(), steady: () => performance.now() };

/** Clocks that are set by a network drift so far before it is worth telling. */
const WORTH_TELLING = 2000;

/**
 * The time of one session: the phone's clock is read once, and from then on the steady clock counts, so that setting the
 * phone's clock moves no row of the log.
 */
export class SessionTime {
	private readonly anchor: number;
	private readonly begun: number;
	private told = 0;

	/** `notBefore`: the last time of earlier sessions, for a log never goes back. */
	constructor(
		private readonly clock: Clock,
		notBefore: number,
	) {
		this.begun = clock.steady();
		this.anchor = Math.max(clock.wall(), notBefore);
	}

	/** Milliseconds since 1970. */
	now(): number {
		return Math.round(this.anchor + this.clock.steady() - this.begun);
	}

	/** The phone's clock, where it has parted further from this time than was told before; null where it has not. */
	parted(): number | null {
		const wall = this.clock.wall();
		const offset = wall - this.now();
		if (Math.abs(offset - this.told) < WORTH_TELLING) {
			return null;
		}
		this.told = offset;
		return wall;
	}
}
