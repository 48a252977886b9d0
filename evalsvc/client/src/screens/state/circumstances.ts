/** What should be told now, from all that is known of network, clock, storage and interviews. */
import { computed, ref } from 'vue';

import { device, unsent } from './field.ts';
import { online } from './network.ts';
import { noticesOf } from './notices.ts';
import { storage } from './storage.ts';
import { updateWaiting } from './update.ts';

const MINUTE = 60_000;
const clock = ref(Date.now());

// Times run out while a screen is open.
setInterval(() => (clock.value = Date.now()), MINUTE);

export const notices = computed(() =>
	noticesOf({
		now: clock.value,
		online: online.value,
		unsent: unsent.value.length,
		persistent: storage.value?.persistent ?? null,
		storage: storage.value,
		clockAhead: device.value?.clockAhead ?? null,
		tokenEndsAt: device.value?.info.token_expires_at ?? null,
		updateWaiting: updateWaiting.value,
	}),
);
