/** What an enumerator should know before going on: no network, unsent interviews, a wrong clock, an end that is near. */
import type { Details } from '../../words/say.ts';

export interface Circumstances {
	/** Milliseconds since 1970, by the phone. */
	readonly now: number;
	readonly online: boolean;
	readonly unsent: number;
	/** Whether the browser promised to keep what is stored; null before it was asked. */
	readonly persistent: boolean | null;
	readonly storage: { readonly used: number; readonly quota: number } | null;
	/** Seconds that the phone's clock is ahead of the service's; null where unknown. */
	readonly clockAhead: number | null;
	readonly tokenEndsAt: string | null;
	readonly updateWaiting: boolean;
}

export interface Notice {
	readonly code: string;
	readonly details: Details;
	readonly kind: 'bad' | 'warn' | 'calm';
	/** Where something can be done about it, as the name of a route; null where nothing has to be done here. */
	readonly place: 'outbox' | 'settings' | null;
}

const DAY = 86_400_000;
const SOON_DAYS = 3;
const CLOCK_SECONDS = 300;
const SCARCE = 200_000_000;
const NEARLY_NOTHING = 50_000_000;

/** List what has to be told, the worst first. */
export function noticesOf(given: Circumstances): readonly Notice[] {
	const all = [
		storageNotice(given),
		clockNotice(given),
		tokenNotice(given),
		persistenceNotice(given),
		sendingNotice(given),
		updateNotice(given),
	];
	const rank = { bad: 0, warn: 1, calm: 2 };
	return all.filter((notice) => notice !== null).sort((one, other) => rank[one.kind] - rank[other.kind]);
}

function sendingNotice({ online, unsent }: Circumstances): Notice | null {
	if (online) {
		return unsent === 0 ? null : notice('unsent', 'calm', { number: unsent }, 'outbox');
	}
	return unsent === 0 ? notice('offline', 'calm') : notice('offline_unsent', 'calm', { number: unsent }, 'outbox');
}

function persistenceNotice({ persistent }: Circumstances): Notice | null {
	return persistent === false ? notice('not_persistent', 'warn', {}, 'settings') : null;
}

function storageNotice({ storage }: Circumstances): Notice | null {
	const free = storage === null ? Infinity : storage.quota - storage.used;
	if (free >= SCARCE) {
		return null;
	}
	return notice('storage', free < NEARLY_NOTHING ? 'bad' : 'warn', { megabytes: Math.floor(free / 1e6) }, 'settings');
}

function clockNotice({ clockAhead }: Circumstances): Notice | null {
	if (clockAhead === null || Math.abs(clockAhead) < CLOCK_SECONDS) {
		return null;
	}
	const minutes = Math.round(Math.abs(clockAhead) / 60);
	return notice(clockAhead > 0 ? 'clock_ahead' : 'clock_behind', 'bad', { minutes });
}

function tokenNotice({ tokenEndsAt, now }: Circumstances): Notice | null {
	const left = tokenEndsAt === null ? Infinity : Date.parse(tokenEndsAt) - now;
	if (left <= 0) {
		return notice('token_ended', 'bad', {}, 'settings');
	}
	if (left > SOON_DAYS * DAY) {
		return null;
	}
	return notice('token_ends', 'warn', { ends_at: tokenEndsAt ?? '' }, 'settings');
}

function updateNotice({ updateWaiting }: Circumstances): Notice | null {
	return updateWaiting ? notice('update', 'calm', {}, 'settings') : null;
}

function notice(name: string, kind: Notice['kind'], details: Details = {}, place: Notice['place'] = null): Notice {
	return { code: `phone.notice.${name}`, kind, details, place };
}
