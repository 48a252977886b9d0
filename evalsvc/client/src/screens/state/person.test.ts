import { afterEach, beforeEach, expect, test } from 'vitest';

import { smallService, type SmallService } from '../../server/small_service.ts';
import { deviceInfo, emptyPhone, PIN } from '../../vault/samples.ts';
import { say, tell } from '../../words/say.ts';
import { lock, now, renew, signIn, unlockByCode } from './person.ts';
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

/** The sentence that something is refused with. */
async function refusal(asked: Promise<void>): Promise<string> {
	return asked.then(
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
	const told = await refusal(renew(newer(other)));
	expect([told.includes(own.origin), told.includes(`${other.origin}/app/`)], told).toEqual([true, true]);
	expect([now().vault.token, other.came]).toEqual(['token', []]);
});

test('a code of another person or another evaluation is refused', async () => {
	const person = { id: 'person-2', name: '另一位' };
	const evaluation = { id: 'evaluation-2', title: '另一个评估' };
	for (const info of [deviceInfo({ person }), deviceInfo({ evaluation })]) {
		own.replies.set('GET /v1/key/newer/evaluations/pilot/device', json(info));
		expect(await refusal(renew(newer(own)))).toContain('另一位调查员的，或属于另一个评估');
		expect(now().vault.token).toBe('token');
	}
});

test('who forgot the PIN opens with the code that was last used here, though nobody is asked whether it ended', async () => {
	const { id } = now().vault.person;
	await renew(newer(own));
	await lock();
	await own.end();
	for (const none of [own.address, newer(own).replace('newer', 'newest')]) {
		const told = await refusal(unlockByCode(id, none, '777777'));
		expect(told).toBe(say('phone.token_other'));
		for (const way of ['用 PIN 打开', '上次用的登录码', '导出未发送的答卷', '草稿']) {
			expect(told).toContain(way);
		}
	}
	await unlockByCode(id, newer(own), '777777');
	expect(now().vault.token).toBe('newer');
});
