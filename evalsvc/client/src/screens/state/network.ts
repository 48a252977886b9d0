/** Whether the phone has a network at all; whether the service answers is known only when it is asked. */
import { readonly, ref } from 'vue';

const connected = ref(navigator.onLine);

window.addEventListener('online', () => (connected.value = true));
window.addEventListener('offline', () => (connected.value = false));

export const online = readonly(connected);
