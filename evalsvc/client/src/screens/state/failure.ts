/** Whether the screen that was asked for could not be shown; another one may well work. */
import { ref } from 'vue';

export const failed = ref(false);
