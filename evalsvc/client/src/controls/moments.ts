/** Days and times between the form, which keeps ISO 8601 with seconds and zone, and the browser's own fields. */

/** A stored time, or the time of a stored moment, as `HH:MM`. */
export function minutesOf(stored: string): string {
	return /(?:^|T)(\d{2}:\d{2})/.exec(stored)?.[1] ?? '';
}

/** The day of a stored moment as `YYYY-MM-DD`. */
export function dayOf(stored: string): string {
	return /^\d{4}-\d{2}-\d{2}/.exec(stored)?.[0] ?? '';
}

/** What a field of the browser shows of a stored value. */
export function shownMoment(kind: 'date' | 'time' | 'datetime', stored: string): string {
	if (kind === 'date') {
		return dayOf(stored);
	}
	const [day, minutes] = [dayOf(stored), minutesOf(stored)];
	return kind === 'time' ? minutes : day && minutes && `${day}T${minutes}`;
}

/** This moment as a field of the browser writes it, in the phone's own zone. */
export function nowAs(kind: 'date' | 'time' | 'datetime', now: Date): string {
	const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
	return shownMoment(kind, local);
}

/** The first day of a month or of a year; null where a part is missing. */
export function firstDay(year: string, month: string): string | null {
	return /^\d{4}$/.test(year) && /^\d{1,2}$/.test(month) ? `${year}-${month.padStart(2, '0')}-01` : null;
}
