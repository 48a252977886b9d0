/**
 * What pages know of the worker that keeps the application on the phone: whether it is whole, whether a newer version
 * waits. A newer one waits until nobody has a page of the old one open, or until somebody asks for it here.
 */
import type { Trouble } from '../model.ts';
import type { FromWorker, ToWorker } from './messages.ts';

type Listen = () => void;

/** Why the application cannot be kept on this phone, or cannot be exchanged now, for the catalogue to say. */
export class WorkerTrouble extends Error {
	readonly trouble: Trouble;

	constructor(code: string) {
		super(code);
		this.name = 'WorkerTrouble';
		this.trouble = { code, details: {}, said: null };
	}
}

const HOUR = 3_600_000;
/** Milliseconds that taking over may take: a page loaded anew later than that is served by whichever version is there. */
const LONGEST_EXCHANGE = 10_000;
let registered: ServiceWorkerRegistration | null = null;
let isReady = false;
let asked = 0;
const readyListeners = new Set<Listen>();
const waitingListeners = new Set<Listen>();

/** Hear once when the application is whole on this phone and opens without a network; at once where it already is. */
export function onReady(listen: Listen): void {
	readyListeners.add(listen);
	if (isReady) {
		listen();
	}
}

/** Hear when a newer version is whole on this phone and waits; at once where one already does. */
export function onWaiting(listen: Listen): void {
	waitingListeners.add(listen);
	if (registered?.waiting) {
		listen();
	}
}

/**
 * Have the application kept on this phone; resolves when it is whole.
 *
 * @throws WorkerTrouble `phone.worker.unsupported` where the browser keeps nothing (an address without https, a private
 * window), `phone.worker.not_stored` where the network or the storage gave out; opening the page again tries anew.
 */
export async function register(): Promise<void> {
	if (!('serviceWorker' in navigator)) {
		throw new WorkerTrouble('phone.worker.unsupported');
	}
	const registration = await begin();
	registered = registration;
	follow(registration);
	registration.addEventListener('updatefound', () => follow(registration));
	document.addEventListener('visibilitychange', () => void askForNewer(registration));
	tellWaiting();
	await whole(registration);
	isReady = true;
	readyListeners.forEach((listen) => listen());
}

/**
 * Exchange the application for the version that waits: this page is loaded anew, what was saved stays.
 *
 * @throws WorkerTrouble `phone.worker.other_pages` while another page of the application is open, where a form may be.
 */
export async function takeOver(): Promise<void> {
	const waiting = registered?.waiting;
	if (!waiting) {
		return;
	}
	const exchanged = new Promise<void>((resolve) => {
		navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
	});
	if ((await answerOf(waiting)) === 'other pages') {
		throw new WorkerTrouble('phone.worker.other_pages');
	}
	await Promise.race([exchanged, new Promise((resolve) => setTimeout(resolve, LONGEST_EXCHANGE))]);
	location.reload();
}

async function begin(): Promise<ServiceWorkerRegistration> {
	try {
		return await navigator.serviceWorker.register(`${import.meta.env.BASE_URL}sw.js`, { updateViaCache: 'none' });
	} catch {
		// Without a network the version that is there goes on serving.
		const known = await navigator.serviceWorker.getRegistration();
		if (known) {
			return known;
		}
		throw new WorkerTrouble('phone.worker.not_stored');
	}
}

/** Wait until the first version is stored; a worker that could not store all files is thrown away by the browser. */
async function whole(registration: ServiceWorkerRegistration): Promise<void> {
	const first = registration.installing ?? registration.waiting;
	const failed = new Promise<never>((_resolve, reject) => {
		first?.addEventListener('statechange', () => {
			if (first.state === 'redundant' && registration.active === null) {
				reject(new WorkerTrouble('phone.worker.not_stored'));
			}
		});
	});
	await Promise.race([navigator.serviceWorker.ready, failed]);
}

function follow(registration: ServiceWorkerRegistration): void {
	registration.installing?.addEventListener('statechange', tellWaiting);
}

function tellWaiting(): void {
	// The first version of all waits for nobody: it has no older one beside it.
	if (registered?.waiting && registered.active) {
		waitingListeners.forEach((listen) => listen());
	}
}

/** Ask the service for a newer version where the application stays open for days; browsers ask when it is opened. */
async function askForNewer(registration: ServiceWorkerRegistration): Promise<void> {
	if (document.visibilityState !== 'visible' || !navigator.onLine || Date.now() - asked < HOUR) {
		return;
	}
	asked = Date.now();
	// No network, a captive portal: the next hour asks again.
	await registration.update().catch(() => undefined);
}

function answerOf(worker: ServiceWorker): Promise<FromWorker> {
	const channel = new MessageChannel();
	return new Promise((resolve) => {
		channel.port1.onmessage = (event: MessageEvent<FromWorker>) => resolve(event.data);
		worker.postMessage('take over' satisfies ToWorker, [channel.port2]);
	});
}
