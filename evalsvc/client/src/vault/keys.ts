/** The data key of a person, and the three ways in which it is wrapped: decision 0009, Keys. */
import { bytesOf, type Bytes, fromBase64, randomBytes } from './bytes.ts';
import { VaultTrouble } from './trouble.ts';

/** Rounds of PBKDF2 for a new PIN; a stored one keeps those that it was wrapped with. */
export const PIN_ROUNDS = 600_000;
export const SHORTEST_PIN = 6;
const SALT_BYTES = 16;
const IV_BYTES = 12;
const PURPOSE = bytesOf('evalsvc vault key under a sign-in token, version 1');

export interface UnderSecret {
	readonly salt: Bytes;
	readonly iv: Bytes;
	readonly key: ArrayBuffer;
}

export interface UnderPin extends UnderSecret {
	readonly rounds: number;
}

/** The data key as only the server opens it, beside the server's key, so that a phone without a network can seal for it. */
export interface ForServer {
	readonly server: ServerKey;
	readonly key: ArrayBuffer;
}

/** A key of the server as `GET device` tells it. */
export interface ServerKey {
	readonly id: string;
	readonly spki: string;
}

/** Make a data key that can still be wrapped; what works with it later gets one that cannot. */
export function newDataKey(): Promise<CryptoKey> {
	return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
}

/** Wrap a data key under a PIN. Throws `phone.pin_short`. */
export async function underPin(dataKey: CryptoKey, pin: string): Promise<UnderPin> {
	if ([...plainPin(pin)].length < SHORTEST_PIN) {
		throw new VaultTrouble('phone.pin_short', { least: SHORTEST_PIN });
	}
	const salt = randomBytes(SALT_BYTES);
	const wrapped = await wrap(dataKey, await keyOfPin(pin, salt, PIN_ROUNDS));
	return { ...wrapped, salt, rounds: PIN_ROUNDS };
}

/** Unwrap by a PIN; null where it is another. */
export async function byPin(wrapped: UnderPin, pin: string): Promise<CryptoKey | null> {
	return unwrap(wrapped, await keyOfPin(pin, wrapped.salt, wrapped.rounds));
}

/** Wrap a data key under the sign-in token. */
export async function underToken(dataKey: CryptoKey, token: string): Promise<UnderSecret> {
	const salt = randomBytes(SALT_BYTES);
	return { ...(await wrap(dataKey, await keyOfToken(token, salt))), salt };
}

/** Unwrap by a sign-in token; null where it is another. */
export async function byToken(wrapped: UnderSecret, token: string): Promise<CryptoKey | null> {
	return unwrap(wrapped, await keyOfToken(token, wrapped.salt));
}

/** Wrap a data key for the server: RSA-OAEP with SHA-256. Throws `phone.server_key` where its key is none. */
export async function forServer(dataKey: CryptoKey, server: ServerKey): Promise<ForServer> {
	try {
		const rsa = { name: 'RSA-OAEP', hash: 'SHA-256' };
		const key = await crypto.subtle.importKey('spki', fromBase64(server.spki), rsa, false, ['wrapKey']);
		return { server, key: await crypto.subtle.wrapKey('raw', dataKey, key, { name: 'RSA-OAEP' }) };
	} catch {
		throw new VaultTrouble('phone.server_key');
	}
}

/** The same key, which nothing can take out of the browser any more. */
export async function forUse(dataKey: CryptoKey): Promise<CryptoKey> {
	const raw = await crypto.subtle.exportKey('raw', dataKey);
	const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
	new Uint8Array(raw).fill(0);
	return key;
}

/** A keyboard may give digits of full width. */
function plainPin(pin: string): string {
	return pin.normalize('NFKC');
}

async function keyOfPin(pin: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
	const secret = await crypto.subtle.importKey('raw', bytesOf(plainPin(pin)), 'PBKDF2', false, ['deriveKey']);
	return derived({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, secret);
}

async function keyOfToken(token: string, salt: Bytes): Promise<CryptoKey> {
	const secret = await crypto.subtle.importKey('raw', bytesOf(token), 'HKDF', false, ['deriveKey']);
	return derived({ name: 'HKDF', hash: 'SHA-256', salt, info: PURPOSE }, secret);
}

function derived(way: Pbkdf2Params | HkdfParams, secret: CryptoKey): Promise<CryptoKey> {
	return crypto.subtle.deriveKey(way, secret, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
}

async function wrap(dataKey: CryptoKey, under: CryptoKey): Promise<Omit<UnderSecret, 'salt'>> {
	const iv = randomBytes(IV_BYTES);
	return { iv, key: await crypto.subtle.wrapKey('raw', dataKey, under, { name: 'AES-GCM', iv }) };
}

/** What comes out can be wrapped again; `forUse` makes of it what works. */
async function unwrap(wrapped: UnderSecret, under: CryptoKey): Promise<CryptoKey | null> {
	const way = { name: 'AES-GCM', iv: wrapped.iv };
	try {
		const usages: KeyUsage[] = ['encrypt', 'decrypt'];
		return await crypto.subtle.unwrapKey('raw', wrapped.key, under, way, 'AES-GCM', true, usages);
	} catch {
		return null;
	}
}
