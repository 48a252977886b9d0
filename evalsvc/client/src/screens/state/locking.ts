/** Lock when the application was out of sight for a while: a phone is laid down, lent, lost. */

const AWAY_MINUTES = 15;
const AGAIN_SECONDS = 20;

/**
 * Call `lock` when the page was hidden for 15 minutes, and again while it says that something is not saved yet: locking
 * would lose it. Returns how to stop.
 */
export function lockWhenAway(lock: () => Promise<boolean>): () => void {
	let hiddenAt: number | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	async function lockOrWait(): Promise<void> {
		clearTimeout(timer);
		if (!(await lock())) {
			timer = setTimeout(() => void lockOrWait(), AGAIN_SECONDS * 1000);
		}
	}

	function look(): void {
		clearTimeout(timer);
		if (document.visibilityState === 'hidden') {
			hiddenAt = Date.now();
			timer = setTimeout(() => void lockOrWait(), AWAY_MINUTES * 60_000);
		} else if (hiddenAt !== null) {
			// A sleeping phone holds its timers back, and its clock may have been set back meanwhile.
			const away = Date.now() - hiddenAt;
			hiddenAt = null;
			if (away >= AWAY_MINUTES * 60_000 || away < 0) {
				void lockOrWait();
			}
		}
	}
	document.addEventListener('visibilitychange', look);
	return () => {
		clearTimeout(timer);
		document.removeEventListener('visibilitychange', look);
	};
}
