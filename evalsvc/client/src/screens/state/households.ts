/** The households of this enumerator as screens show them. */
import { computed } from 'vue';

import { distance } from '../../controls/media/distance.ts';
import { interviews, returned, tasks } from './field.ts';
import { householdsOf } from './household_status.ts';
import { place } from './whereabouts.ts';

export const households = computed(() =>
	householdsOf(tasks.value, interviews.value, returned.value, (task) =>
		place.value === null || task.position === null ? null : distance(place.value, task.position),
	),
);
