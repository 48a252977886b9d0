import { afterEach, beforeEach, expect, test } from 'vitest';

import { smallService, type SmallService } from '../../server/small_service.ts';
import { deviceInfo, emptyPhone, PIN } from '../../vault/samples.ts';
import { tell } from '../../words/say.ts';
import { lock, now, renew, signIn } from './person.ts';
import { troubleOf } from './attempt.ts';

let own: SmallService;
let other: SmallService;

/** Somebody is signed in at one service; another one names the same person and the same evaluation. */
beforeEach(async () => {
	await emptyPhone();
	[own, other] = await Promise.all([smallService(), smallService()]);
	for (const { replies } of [own, other]) {
		replies.set('GET device', json(deviceInfo()));
		replies.set('GET /v1/key/newer/evaluations/pilot/device', json(deviceInfo()));
	}
	await signIn(own.address, PIN);
});

afterEach(async () => {
	await lock();
	await Promise.all([own.end(), other.end()]);
});

function json(value: unknown) {
	return { body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } };
}

const newer = ({ address }: SmallService): string => address.replace('/token/', '/newer/');

/** The sentence that a code is refused with. */
async function refusal(address: string): Promise<string> {
	return renew(address).then(
		() => 'no refusal',
		(error: unknown) => tell(troubleOf(error)),
	);
}

test('a new sign-in code of the same person takes the place of the old one', async () => {
	await renew(newer(own));
	expect(now().vault.token).toBe('newer');
	expect(now().vault.address).toBe(newer(own));
});

test('a code of another service is refused before anything is asked there, whoever it names', async () => {
	const told = await refusal(newer(other));
	expect([told.includes(own.origin), told.includes(`${other.origin}/app/`)], told).toEqual([true, true]);
	expect([now().vault.token, other.came]).toEqual(['token', []]);
});

test('a code of another person or another evaluation is refused', async () => {
	const person = { id: 'person-2', name: '另一位' };
	const evaluation = { id: 'evaluation-2', title: '另一个评估' };
	for (const info of [deviceInfo({ person }), deviceInfo({ evaluation })]) {
		own.replies.set('GET /v1/key/newer/evaluations/pilot/device', json(info));
		expect(await refusal(newer(own))).toContain('另一位调查员的，或属于另一个评估');
		expect(now().vault.token).toBe('token');
	}
});
