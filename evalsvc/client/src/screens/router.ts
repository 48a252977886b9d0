import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router';

import HouseholdsScreen from './HouseholdsScreen.vue';

const routes: RouteRecordRaw[] = [{ path: '/', name: 'households', component: HouseholdsScreen }];

/** Addresses stand behind the #: the service has to know one page only. */
export const router = createRouter({ history: createWebHashHistory('/app/'), routes });
