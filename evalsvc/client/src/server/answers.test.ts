import { describe, expect, it } from 'vitest';

import { DEVICE, TASK } from './samples.ts';
import { connect, ServerTrouble } from './server.ts';
import { codeOf, json, reply, trial } from './trying.ts';

const now = trial();

describe('an address', () => {
	it.each([
		'',
		'household',
		'https://example.org/',
		'ftp://example.org/v1/key/t/evaluations/e',
		'https://a@example.org/v1/key/t/evaluations/e',
		'https://example.org/v1/key/t/evaluations/e?x=1',
	])('%s is none of a service', (address) => {
		expect(() => connect(address)).toThrow(ServerTrouble);
	});

	it('is taken with what a person leaves around it', async () => {
		reply(now, 'GET device', json(DEVICE));
		expect(await connect(` ${now.service.address}/ `).device()).toEqual(DEVICE);
	});
});

describe('answers in JSON', () => {
	it('are returned when they have their shape', async () => {
		reply(now, 'GET device', json(DEVICE));
		reply(now, 'GET assignments', json({ assignments: [TASK, { ...TASK, position: null, unannounced: true }] }));
		expect(await now.server.device()).toEqual(DEVICE);
		expect((await now.server.tasks()).map((task) => task.position)).toEqual([TASK.position, null]);
		expect(now.service.came[0]?.headers).toMatchObject({ 'x-openrosa-version': '1.0', 'accept-language': 'zh' });
	});

	it.each<[string, unknown]>([
		['no list', { assignments: null }],
		['a household without a number', { assignments: [{ ...TASK, unit_id: '' }] }],
		['a place that is none', { assignments: [{ ...TASK, position: { latitude: 126, longitude: 18 } }] }],
		['a count below nothing', { assignments: [{ ...TASK, received: -1 }] }],
		['facts without words', { assignments: [{ ...TASK, prior: [{ column: 'a', label: '甲', value: '1' }] }] }],
	])('are not believed with %s', async (_name, value) => {
		reply(now, 'GET assignments', json(value));
		expect(await codeOf(now.server.tasks())).toBe('phone.unexpected_answer');
	});

	it.each(['', '{"person":', 'null', '\uFFFF'])('are not believed as %j', async (body) => {
		reply(now, 'GET device', { body });
		expect(await codeOf(now.server.device())).toBe('phone.unexpected_answer');
	});

	it('are not believed with a time that is none', async () => {
		reply(now, 'GET device', json({ ...DEVICE, server_time: 'yesterday' }));
		expect(await codeOf(now.server.device())).toBe('phone.unexpected_answer');
	});
});
