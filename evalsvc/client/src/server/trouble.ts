import type { Trouble } from '../model.ts';

/** Thrown by everything that asks the server: what happened, and whether and when asking again may help. */
export class ServerTrouble extends Error {
	readonly trouble: Trouble;
	/** Whether the same request may succeed later without anybody doing anything. */
	readonly retry: boolean;
	/** Seconds that the server asks to wait; null where it does not say. */
	readonly retryAfter: number | null;

	constructor(trouble: Trouble, retry: boolean, retryAfter: number | null = null) {
		super(trouble.code);
		this.name = 'ServerTrouble';
		this.trouble = trouble;
		this.retry = retry;
		this.retryAfter = retryAfter;
	}
}

/** An answer that came from the service and is not what it should be; `what` names the part, for whoever helps. */
export function notUnderstood(what: string): ServerTrouble {
	return new ServerTrouble({ code: 'phone.unexpected_answer', details: { what }, said: null }, true);
}
