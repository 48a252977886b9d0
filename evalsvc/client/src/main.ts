import { createApp } from 'vue';

import App from './screens/App.vue';
import { router } from './screens/router.ts';
import './style/base.css';

createApp(App).use(router).mount('#app');
