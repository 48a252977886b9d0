import { afterEach, expect, it, vi } from 'vitest';
import { createApp, defineComponent, h, nextTick, ref, type App } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';

import { say } from '../../words/say.ts';
import { failed } from '../state/failure.ts';
import ErrorBoundary from './ErrorBoundary.vue';

const broken = ref(false);
const Screen = defineComponent(() => () => {
	if (broken.value) {
		throw new Error('示例姓名 is missing');
	}
	return h('p', 'a screen');
});

const router = createRouter({
	history: createMemoryHistory(),
	routes: [
		{ path: '/', name: 'households', component: Screen },
		{ path: '/other', component: Screen },
	],
});
let app: App | null = null;

async function shown(): Promise<HTMLElement> {
	const place = document.createElement('div');
	await router.push('/');
	app = createApp(defineComponent(() => () => h(ErrorBoundary, null, { default: () => h(Screen) })));
	app.use(router).mount(place);
	await nextTick();
	return place;
}

afterEach(() => {
	app?.unmount();
	[broken.value, failed.value] = [false, false];
	vi.restoreAllMocks();
});

it('says what to do in place of a screen that breaks, and logs nothing that the error quotes', async () => {
	const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
	vi.spyOn(console, 'warn').mockImplementation(() => {});
	const place = await shown();
	expect(place.textContent).toContain('a screen');
	broken.value = true;
	await nextTick();
	await nextTick();
	expect(place.textContent).toContain(say('phone.app.failed'));
	expect(place.querySelector('[role=alert]')).not.toBeNull();
	expect(JSON.stringify(logged.mock.calls)).not.toContain('示例姓名');
});

it('shows the next screen again', async () => {
	const place = await shown();
	failed.value = true;
	await nextTick();
	expect(place.textContent).not.toContain('a screen');
	await router.push('/other');
	await nextTick();
	expect(place.textContent).toContain('a screen');
});
