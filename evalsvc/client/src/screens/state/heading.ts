/** The heading of the screen that is shown: in the bar above it, and as the title of the page. */
import { computed, onUnmounted, shallowRef, watchEffect, type ComputedRef } from 'vue';

import { say } from '../../words/say.ts';

const given = shallowRef<(() => string) | null>(null);

/** The heading as it is shown now; empty before a screen has given one. */
export const heading: ComputedRef<string> = computed(() => given.value?.() ?? '');

/** Give the heading of a screen, as long as the screen is shown. */
export function useHeading(words: () => string): void {
	given.value = words;
	onUnmounted(() => {
		if (given.value === words) {
			given.value = null;
		}
	});
}

/** Keep the title of the page, which screen readers and the list of open tabs tell, in step with the heading. */
export function keepTitle(): void {
	watchEffect(() => {
		document.title = heading.value === '' ? say('phone.app.name') : say('phone.app.title', { heading: heading.value });
	});
}
