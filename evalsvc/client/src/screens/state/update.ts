/** A new version of the application: it waits until it is asked for. */
import { ref } from 'vue';

export const updateWaiting = ref(false);
