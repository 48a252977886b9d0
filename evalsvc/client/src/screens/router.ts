import { nextTick } from 'vue';
import { createRouter, createWebHashHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router';

import ChangePinScreen from './ChangePinScreen.vue';
import DraftsScreen from './DraftsScreen.vue';
import HelpScreen from './HelpScreen.vue';
import HouseholdScreen from './HouseholdScreen.vue';
import HouseholdsScreen from './HouseholdsScreen.vue';
import OtherFormsScreen from './OtherFormsScreen.vue';
import OutboxScreen from './OutboxScreen.vue';
import RenewScreen from './RenewScreen.vue';
import ReturnedScreen from './ReturnedScreen.vue';
import SettingsScreen from './SettingsScreen.vue';
import SignInScreen from './SignInScreen.vue';
import UnlockScreen from './UnlockScreen.vue';
import { wayOf } from './state/addresses.ts';
import { report } from './state/attempt.ts';
import { failed } from './state/failure.ts';
import { opened, people } from './state/person.ts';

declare module 'vue-router' {
	interface RouteMeta {
		/** Shown without a PIN. */
		readonly open: boolean;
		/** The screen above, to which "back" leads who came by an address; a place of the bar has none. */
		readonly above?: string;
		/** The screen brings its own head and needs the whole window. */
		readonly whole?: boolean;
	}
}

const place = { open: false } as const;
const below = (above: string) => ({ open: false, above });

/** One screen under three addresses: it stays when a begun interview gets an address of its own. */
const interview = {
	component: () => import('./interview_part.ts').then((part) => part.InterviewScreen),
	props: wayOf,
	meta: { open: false, above: 'households', whole: true },
};

const routes: RouteRecordRaw[] = [
	{ path: '/', name: 'households', component: HouseholdsScreen, meta: place },
	{
		path: '/household/:assignment',
		name: 'household',
		component: HouseholdScreen,
		props: true,
		meta: below('households'),
	},
	{ path: '/interview/:id', name: 'interview', ...interview },
	{ path: '/correct/:instance', name: 'correct', ...interview },
	{ path: '/begin/:form/:version/:assignment?', name: 'begin', ...interview },
	{
		path: '/read/:id',
		name: 'read',
		component: () => import('./interview_part.ts').then((part) => part.ReadingScreen),
		props: true,
		meta: below('outbox'),
	},
	{ path: '/drafts', name: 'drafts', component: DraftsScreen, meta: below('households') },
	{
		path: '/other-forms',
		name: 'other-forms',
		component: OtherFormsScreen,
		meta: below('households'),
	},
	{ path: '/outbox', name: 'outbox', component: OutboxScreen, meta: place },
	{ path: '/returned', name: 'returned', component: ReturnedScreen, meta: place },
	{ path: '/settings', name: 'settings', component: SettingsScreen, meta: place },
	{
		path: '/settings/pin',
		name: 'change-pin',
		component: ChangePinScreen,
		meta: below('settings'),
	},
	{ path: '/settings/code', name: 'renew', component: RenewScreen, meta: below('settings') },
	{ path: '/settings/help', name: 'help', component: HelpScreen, meta: below('settings') },
	{ path: '/sign-in', name: 'sign-in', component: SignInScreen, meta: { open: true } },
	{ path: '/unlock', name: 'unlock', component: UnlockScreen, meta: { open: true } },
	{ path: '/:elsewhere(.*)*', redirect: '/' },
];

/** Addresses stand behind the #: the service has to know one page only. */
export const router = createRouter({
	history: createWebHashHistory('/app/'),
	routes,
	scrollBehavior: (to, from, saved) => saved ?? (screenOf(to) === screenOf(from) ? false : { top: 0 }),
});

router.beforeEach((to) => {
	if (!to.meta.open && opened.value === null) {
		return people.value.length === 0 ? { name: 'sign-in' } : { name: 'unlock', query: { next: to.fullPath } };
	}
	return to.name === 'unlock' && people.value.length === 0 ? { name: 'sign-in' } : true;
});

// A part of the application that could not be loaded: the boundary says so in place of the screen.
router.onError((error) => {
	report(error);
	failed.value = true;
});

router.afterEach((to, from) => {
	if (screenOf(to) !== screenOf(from) && from.matched.length > 0) {
		void nextTick(focusHeading);
	}
});

/**
 * Where the screen stays under another address, as of an interview whose first answer was just saved, nothing moves and
 * nothing loses the focus: a finger is on its way to an answer, or letters are typed.
 */
function screenOf(route: RouteLocationNormalized): unknown {
	return route.matched.at(-1)?.components?.['default'];
}

/** Tell screen readers that another screen is shown, and let the keyboard begin at its top. */
function focusHeading(): void {
	document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}
