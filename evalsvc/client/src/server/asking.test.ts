import { describe, expect, it } from 'vitest';

import { DEVICE } from './samples.ts';
import { connect } from './server.ts';
import { saying, smallService } from './small_service.ts';
import { codeOf, json, reply, trial, troubleOf } from './trying.ts';

const now = trial();

describe('what is no answer of the service', () => {
	it('a page of a hotspot', async () => {
		reply(now, 'GET device', { stranger: true, body: '<html>Wi-Fi</html>' });
		const error = await troubleOf(now.server.device());
		expect([error.trouble.code, error.retry]).toEqual(['phone.portal', true]);
	});

	it('JSON of a stranger', async () => {
		reply(now, 'GET device', { ...json(DEVICE), stranger: true });
		expect(await codeOf(now.server.device())).toBe('phone.portal');
	});

	it.each([302, 307])('a redirect with %i, which is not followed', async (status) => {
		reply(now, 'GET device', { status, headers: { Location: `${now.service.address}/assignments` } });
		expect(await codeOf(now.server.device())).toBe('phone.portal');
		expect(now.service.came).toHaveLength(1);
	});

	it.each([401, 403, 404, 511])('a refusal with %i that the service has not said', async (status) => {
		reply(now, 'GET device', { status, stranger: true });
		expect(await codeOf(now.server.device())).toBe('phone.portal');
	});

	it('a proxy that has lost the service', async () => {
		reply(now, 'GET device', { status: 502, stranger: true, headers: { 'Retry-After': '7' } });
		const error = await troubleOf(now.server.device());
		expect([error.trouble.code, error.retry, error.retryAfter]).toEqual(['phone.server_error', true, 7]);
	});

	it('no server at all', async () => {
		const gone = await smallService();
		await gone.end();
		const error = await troubleOf(connect(gone.address).device());
		expect([error.trouble.code, error.retry]).toEqual(['phone.offline', true]);
	});

	it('a connection that breaks in the middle of an answer', async () => {
		reply(now, 'GET device', (response, socket) => {
			response.writeHead(200, { 'X-OpenRosa-Version': '1.0', 'Content-Length': '1000' });
			response.write('{');
			setTimeout(() => socket.destroy(), 20);
		});
		expect(await codeOf(now.server.device())).toBe('phone.offline');
	});

	it('silence', async () => {
		reply(now, 'GET device', () => undefined);
		expect(await codeOf(now.server.device())).toBe('phone.timeout');
	});

	it('silence in the middle of an answer', async () => {
		reply(now, 'GET device', (response) => {
			response.writeHead(200, { 'X-OpenRosa-Version': '1.0' });
			response.write('{');
		});
		expect(await codeOf(now.server.device())).toBe('phone.timeout');
	});

	it('but slow answers are waited for as long as something comes', async () => {
		reply(now, 'GET device', (response) => {
			response.writeHead(200, { 'X-OpenRosa-Version': '1.0' });
			const text = JSON.stringify(DEVICE);
			const parts = [0, 1, 2, 3].map((each) => text.slice(each * 80, each === 3 ? undefined : each * 80 + 80));
			parts.forEach((part, place) => setTimeout(() => response.write(part), place * 150));
			setTimeout(() => response.end(), 600);
		});
		expect(await now.server.device()).toEqual(DEVICE);
	});
});

describe('refusals of the service', () => {
	it.each([
		[401, 'access.token_invalid', 'phone.token_ended', false],
		[403, 'interview.not_assigned_to_you', 'phone.not_allowed', false],
		[404, 'evaluation.unknown', 'phone.not_found', false],
		[409, 'interview.other_bytes', 'phone.conflict', false],
		[413, 'interview.too_large', 'phone.too_large', false],
		[422, 'interview.unreadable', 'phone.refused', false],
		[500, 'http.500', 'phone.server_error', true],
	])('%i with %s are %s', async (status, code, expected, retry) => {
		reply(now, 'GET device', saying(status, code, '甲 &amp; 乙'));
		const error = await troubleOf(now.server.device());
		expect(error.trouble).toEqual({ code: expected, details: { status, code }, said: '甲 & 乙' });
		expect(error.retry).toBe(retry);
	});

	it('keep the time that a busy service asks for, and no other text there', async () => {
		const busy = saying(503, 'interview.busy', '忙');
		reply(
			now,
			'GET device',
			{ ...busy, headers: { ...busy.headers, 'Retry-After': '5' } },
			{ ...busy, headers: { 'Retry-After': 'soon' } },
		);
		expect((await troubleOf(now.server.device())).retryAfter).toBe(5);
		expect((await troubleOf(now.server.device())).retryAfter).toBeNull();
	});
});
