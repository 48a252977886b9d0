/** Bringing the phone up to what the service says, when somebody asks and after unlocking. */
import { ref, shallowRef } from 'vue';

import { refresh as refreshFrom, type RefreshProgress } from '../../fieldwork/refreshing.ts';
import type { Trouble } from '../../model.ts';
import { troubleOf } from './attempt.ts';
import { load } from './field.ts';
import { online } from './network.ts';
import { now, opened } from './person.ts';

export const refreshing = ref(false);
export const refreshProgress = shallowRef<RefreshProgress | null>(null);
/** What kept the last refresh from being whole; what was fetched before it is there. */
export const refreshTroubles = shallowRef<readonly Trouble[]>([]);

/** Ask the service for tasks, forms and returned interviews. */
export async function refresh(): Promise<void> {
	if (refreshing.value) {
		return;
	}
	const { vault, server } = now();
	[refreshing.value, refreshTroubles.value] = [true, []];
	try {
		const { troubles } = await refreshFrom(vault, server, (progress) => (refreshProgress.value = progress));
		refreshTroubles.value = troubles;
	} catch (error) {
		refreshTroubles.value = [troubleOf(error)];
	} finally {
		[refreshing.value, refreshProgress.value] = [false, null];
	}
	if (opened.value?.vault === vault) {
		await load();
	}
}

/** Refresh without being asked: without a network nobody needs to be told that it did not happen. */
export async function refreshQuietly(): Promise<void> {
	if (online.value) {
		await refresh();
	}
}
