/** Lock when the application was out of sight for a while: a phone is laid down, lent, lost. */

const AWAY_MINUTES = 15;
const AGAIN_SECONDS = 20;

/** One time that the page is out of sight. */
interface Absence {
	/** Milliseconds since 1970. */
	readonly since: number;
}

/**
 * Call `lock` when the page was hidden for 15 minutes, and again, while it stays hidden, as long as that says that something
 * is not saved yet: locking would lose it. Returns how to stop.
 */
export function lockWhenAway(lock: () => Promise<boolean>): () => void {
	let absence: Absence | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	async function lockOrWait(during: Absence): Promise<void> {
		const locked = await lock();
		// Who is back is in the middle of an answer, and going away again counts from its own beginning.
		if (!locked && during === absence) {
			timer = setTimeout(() => void lockOrWait(during), AGAIN_SECONDS * 1000);
		}
	}

	function leave(): void {
		const begun = { since: Date.now() };
		absence = begun;
		timer = setTimeout(() => void lockOrWait(begun), AWAY_MINUTES * 60_000);
	}

	function comeBack({ since }: Absence): void {
		absence = null;
		// A sleeping phone holds its timers back, and its clock may have been set back meanwhile.
		const away = Date.now() - since;
		if (away >= AWAY_MINUTES * 60_000 || away < 0) {
			void lock();
		}
	}

	function look(): void {
		clearTimeout(timer);
		if (document.visibilityState === 'hidden') {
			leave();
		} else if (absence !== null) {
			comeBack(absence);
		}
	}
	document.addEventListener('visibilitychange', look);
	return () => {
		absence = null;
		clearTimeout(timer);
		document.removeEventListener('visibilitychange', look);
	};
}
