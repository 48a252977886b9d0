/**
 * Keep the application on the phone, whole and of one version.
 *
 * All files of a version are stored before it is installed, and a page never gets files of two versions. A new version
 * waits until no page is open on the old one, or until the only page asks for it: an interview in progress meets no
 * other code.
 */
import type { FromWorker, ToWorker } from './messages.ts';

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
	if (event.data === ('take over' satisfies ToWorker) && event.source instanceof Client) {
		event.waitUntil(takeOver(event.source, event.ports[0]));
	}
});

self.addEventListener('fetch', (event) => {
	// Whatever else the service serves (forms, submissions, receipts) is none of the worker's.
	if (event.request.method === 'GET' && isOurs(event.request.url)) {
		event.respondWith(answer(event.request));
	}
});

function isOurs(address: string): boolean {
	const { origin, pathname } = new URL(address);
	return origin === ROOT.origin && pathname.startsWith(ROOT.pathname);
}

async function store(): Promise<void> {
	const cache = await caches.open(CACHE);
	await cache.addAll(files.map((name) => new Request(new URL(name, ROOT), { cache: wayTo(name) })));
}

/** Never a file of an older version from the browser's own cache; a name that holds its hash has no other version. */
function wayTo(name: string): RequestCache {
	return name.startsWith('assets/') ? 'default' : 'reload';
}

async function removeOthers(): Promise<void> {
	const names = await caches.keys();
	const others = names.filter((name) => name.startsWith(FAMILY) && name !== CACHE);
	await Promise.all(others.map((name) => caches.delete(name)));
}

async function takeOver(asking: Client, reply: MessagePort | undefined): Promise<void> {
	const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	if (windows.some((page) => page.id !== asking.id && isOurs(page.url))) {
		reply?.postMessage('other pages' satisfies FromWorker);
		return;
	}
	reply?.postMessage('taken' satisfies FromWorker);
	await self.skipWaiting();
}

async function answer(request: Request): Promise<Response> {
	const cache = await caches.open(CACHE);
	const wanted = request.mode === 'navigate' ? new URL('index.html', ROOT) : request;
	return (await cache.match(wanted, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}
