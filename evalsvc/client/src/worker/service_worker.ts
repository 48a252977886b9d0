/**
 * Keep the application on the phone, whole and of one version.
 *
 * All files of a version are stored before it is installed, and a page never gets files of two versions. A new version
 * waits until no page is open on the old one, or until the pages ask for it: an interview in progress meets no other code.
 */
export {};

declare const self: ServiceWorkerGlobalScope;
declare const __FILE_LIST__: { readonly version: string; readonly files: readonly string[] };

const { version, files } = __FILE_LIST__;
const FAMILY = 'evalsvc-app-';
const CACHE = FAMILY + version;
const ROOT = new URL('./', self.location.href);

self.addEventListener('install', (event) => {
	event.waitUntil(store());
});

self.addEventListener('activate', (event) => {
	event.waitUntil(removeOthers().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
	if (event.data === 'take over') {
		void self.skipWaiting();
	}
});

self.addEventListener('fetch', (event) => {
	const address = new URL(event.request.url);
	// Whatever else the service serves (forms, submissions, receipts) is none of the worker's.
	if (event.request.method === 'GET' && address.origin === ROOT.origin && address.pathname.startsWith(ROOT.pathname)) {
		event.respondWith(answer(event.request));
	}
});

async function store(): Promise<void> {
	const cache = await caches.open(CACHE);
	// `reload`: never a file of an older version from the browser's own cache.
	await cache.addAll(files.map((name) => new Request(new URL(name, ROOT), { cache: 'reload' })));
}

async function removeOthers(): Promise<void> {
	const names = await caches.keys();
	await Promise.all(names.filter((name) => name.startsWith(FAMILY) && name !== CACHE).map((name) => caches.delete(name)));
}

async function answer(request: Request): Promise<Response> {
	const cache = await caches.open(CACHE);
	const wanted = request.mode === 'navigate' ? new URL('index.html', ROOT) : request;
	return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}
