/** The screen stays on while something runs that a dark screen would end: browsers stop microphone and satellites then. */
import { onScopeDispose, watch } from 'vue';

/** Keep the screen on while it is needed; where the browser or an empty battery forbids it, it goes dark as always. */
export function useAwake(isNeeded: () => boolean): void {
	let held: Promise<WakeLockSentinel | null> | null = null;

	function letGo(): void {
		void held?.then((lock) => lock?.release());
		held = null;
	}

	function follow(needed: boolean): void {
		letGo();
		held = needed && 'wakeLock' in navigator ? navigator.wakeLock.request('screen').catch(() => null) : null;
	}

	watch(isNeeded, follow);
	onScopeDispose(letGo);
}
