/** The page goes out of sight: it may be the last that it can do. */
import { onScopeDispose } from 'vue';

/**
 * Call something as soon as the page is hidden, before others that wait for the same: what was typed becomes an answer
 * first, and is saved then.
 */
export function whenHidden(act: () => void): void {
	const look = (): void => {
		if (document.visibilityState === 'hidden') {
			act();
		}
	};
	window.addEventListener('visibilitychange', look, { capture: true });
	window.addEventListener('pagehide', act, { capture: true });
	onScopeDispose(() => {
		window.removeEventListener('visibilitychange', look, { capture: true });
		window.removeEventListener('pagehide', act, { capture: true });
	});
}
