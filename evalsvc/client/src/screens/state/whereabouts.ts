/** Where the phone is, roughly: only to put near households first. It is looked up once at a time and kept nowhere. */
import { onMounted, ref, shallowRef, type Ref } from 'vue';

import type { Place } from '../../controls/media/distance.ts';
import { roughPlace } from '../../controls/media/rough_place.ts';

export type Whereabouts = 'not_asked' | 'searching' | 'known' | 'refused';

export const place = shallowRef<Place | null>(null);
const state = ref<Whereabouts>('not_asked');

/** Look up where the phone is when somebody asks, and at once where the browser was allowed to before. */
export function useWhereabouts(): { readonly state: Readonly<Ref<Whereabouts>>; look(): Promise<void> } {
	async function look(): Promise<void> {
		state.value = 'searching';
		place.value = await roughPlace();
		state.value = place.value === null ? 'refused' : 'known';
	}
	onMounted(async () => {
		const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
		if (permission?.state === 'granted' && state.value !== 'searching') {
			await look();
		}
	});
	return { state, look };
}
