/** Lock when the application was out of sight for a while: a phone is laid down, lent, lost. */

const AWAY_MINUTES = 15;

/** Call `lock` when the page was hidden for 15 minutes; returns how to stop. */
export function lockWhenAway(lock: () => void): () => void {
	let hiddenAt: number | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function look(): void {
		clearTimeout(timer);
		if (document.visibilityState === 'hidden') {
			hiddenAt = Date.now();
			timer = setTimeout(lock, AWAY_MINUTES * 60_000);
		} else if (hiddenAt !== null) {
			// A sleeping phone holds its timers back, and its clock may have been set back meanwhile.
			const away = Date.now() - hiddenAt;
			hiddenAt = null;
			if (away >= AWAY_MINUTES * 60_000 || away < 0) {
				lock();
			}
		}
	}
	document.addEventListener('visibilitychange', look);
	return () => {
		clearTimeout(timer);
		document.removeEventListener('visibilitychange', look);
	};
}
