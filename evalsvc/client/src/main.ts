import { createApp } from 'vue';

import App from './screens/App.vue';
import { router } from './screens/router.ts';
import { report } from './screens/state/attempt.ts';
import { lookForPeople } from './screens/state/person.ts';
import { keepApplication } from './screens/state/update.ts';
import './style/base.css';

/** Which screen comes first depends on who is signed in on this phone; App tells what keeps that from being read. */
async function start(): Promise<void> {
	if (import.meta.env.PROD) {
		// The worker fetches all files while the first screen is made ready.
		void keepApplication();
	}
	await lookForPeople();
	const app = createApp(App);
	app.config.errorHandler = report;
	app.use(router).mount('#app');
}

void start();
