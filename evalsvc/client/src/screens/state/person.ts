/** Who uses the phone now: signing in, unlocking, locking, leaving. */
import { shallowRef, type ShallowRef } from 'vue';

import { forgetPerson } from '../../fieldwork/removing.ts';
import type { Trouble } from '../../model.ts';
import { connect, type Server } from '../../server/server.ts';
import * as vaults from '../../vault/people.ts';
import type { Person, Vault } from '../../vault/vault.ts';
import { troubleOf } from './attempt.ts';

/** An unlocked vault with its way to the service. */
export interface Opened {
	readonly vault: Vault;
	readonly server: Server;
}

/** Everybody who is signed in on this phone. */
export const people = shallowRef<readonly Person[]>([]);
const openedNow = shallowRef<Opened | null>(null);
/** Null while nobody has entered a PIN. */
export const opened: Readonly<ShallowRef<Opened | null>> = openedNow;

const unfinished = new Set<() => Promise<boolean>>();

/** Why nobody can be found on this phone: the browser refuses its database, or another tab holds an older one. */
export const startTrouble = shallowRef<Trouble | null>(null);

/** Look who is signed in on this phone. */
export async function lookForPeople(): Promise<void> {
	try {
		people.value = await vaults.listPeople();
		startTrouble.value = null;
	} catch (error) {
		startTrouble.value = troubleOf(error);
	}
}

/** Have an open interview saved and closed before the keys go (whether it was saved); returns how to take it back. */
export function beforeLocking(close: () => Promise<boolean>): () => void {
	unfinished.add(close);
	return () => unfinished.delete(close);
}

/** Sign somebody in by the address of a sign-in code. Throws what `device` and `enrol` do. */
export async function signIn(address: string, pin: string): Promise<void> {
	const info = await connect(address).device();
	const known = (await vaults.listPeople()).find(
		(each) =>
			each.personId === info.person.id && each.evaluationId === info.evaluation.id && each.server === serverOf(address),
	);
	if (known === undefined) {
		open(await vaults.enrol(serverOf(address), tokenOf(address), info, pin, codeOf(address)));
	} else {
		// The code proves whose phone it is, so the one that was just chosen becomes the PIN.
		open(await vaults.unlockByToken(known.id, tokenOf(address), pin));
	}
	await lookForPeople();
}

/** Unlock by a PIN; throws what the vault says of a wrong one. */
export async function unlock(personId: string, pin: string): Promise<void> {
	open(await vaults.unlockByPin(personId, pin));
}

/** Unlock by the sign-in code and set a new PIN, for who forgot the old one. */
export async function unlockByCode(personId: string, address: string, newPin: string): Promise<void> {
	open(await vaults.unlockByToken(personId, tokenOf(address), newPin));
}

/**
 * Go on with a new sign-in code of the same person, before or after the old one ended. Throws `phone.renew.other_server`,
 * `phone.renew.other_person`, and what `device` does.
 */
export async function renew(address: string): Promise<void> {
	const { vault } = now();
	// A copy of the service knows the same person, and its code, good for nothing here, would take the place of the one that is.
	if (serverOf(address) !== vault.server) {
		throw new CodeOfOthersError('phone.renew.other_server', { service: serverOf(address), own: vault.server });
	}
	const info = await connect(address).device();
	if (info.person.id !== vault.person.personId || info.evaluation.id !== vault.person.evaluationId) {
		throw new CodeOfOthersError('phone.renew.other_person');
	}
	await vault.replaceToken(tokenOf(address));
	open(vault);
}

/** Change the PIN of who is signed in. */
export function changeMyPin(oldPin: string, newPin: string): Promise<void> {
	return vaults.changePin(now().vault.person.id, oldPin, newPin);
}

/** How many unsent interviews of who is signed in lie on this phone, those too that cannot be read. */
export async function unsentOfMine(): Promise<number> {
	const { id } = now().vault.person;
	return (await vaults.listPeople()).find((each) => each.id === id)?.unsent ?? 0;
}

/**
 * Remove everything of who is signed in from this phone, with as many unsent interviews as somebody, asked twice, has
 * agreed to lose. Throws what `forgetPerson` does.
 */
export async function forgetMe(agreed: number): Promise<void> {
	await forgetPerson(now().vault.person.id, agreed);
	await lookForPeople();
	forgetKeys();
}

/**
 * Forget the keys, after what is open was saved; what cannot be saved stays open, for locking would lose it. Whether it is
 * locked.
 */
export async function lock(): Promise<boolean> {
	const saved = await Promise.all([...unfinished].map((close) => close()));
	if (saved.includes(false)) {
		return false;
	}
	await lookForPeople();
	forgetKeys();
	return true;
}

/** What is unlocked; screens that ask are shown only then. */
export function now(): Opened {
	if (openedNow.value === null) {
		throw new Error('nothing is unlocked');
	}
	return openedNow.value;
}

/** A code that belongs to somebody else must not get at this person's interviews. */
class CodeOfOthersError extends Error {
	readonly trouble: Trouble;

	constructor(code: string, details: Trouble['details'] = {}) {
		super(code);
		this.trouble = { code, details, said: null };
	}
}

function forgetKeys(): void {
	openedNow.value?.vault.lock();
	openedNow.value = null;
}

function open(vault: Vault): void {
	openedNow.value = { vault, server: connect(vault.address) };
}

function serverOf(address: string): string {
	const url = new URL(address);
	return url.href.slice(0, url.href.indexOf('/v1/key/'));
}

function codeOf(address: string): string {
	return /\/evaluations\/([^/?#]+)/.exec(address)?.[1] ?? '';
}

function tokenOf(address: string): string {
	return decodeURIComponent(/\/v1\/key\/([^/]+)\//.exec(address)?.[1] ?? '');
}
