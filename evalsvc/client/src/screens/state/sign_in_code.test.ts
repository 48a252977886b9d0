// @vitest-environment node
/* The simulated page's blobs have no streams. */
import { expect, it } from 'vitest';

import { addressIn, originOf } from './sign_in_code.ts';

const ADDRESS = 'https://survey.example/v1/key/an-invented-token/evaluations/0001';

async function collectCode(settings: object): Promise<string> {
	const packed = new Blob([JSON.stringify(settings)]).stream().pipeThrough(new CompressionStream('deflate'));
	const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
	return btoa(String.fromCharCode(...bytes));
}

it('takes the address itself, with blanks around it or a path behind it', async () => {
	expect(await addressIn(` ${ADDRESS}\n`)).toBe(ADDRESS);
	expect(await addressIn(`${ADDRESS}/formList`)).toBe(ADDRESS);
});

it('takes a link to this application that carries the address', async () => {
	expect(await addressIn(`https://survey.example/app/#/sign-in?server=${encodeURIComponent(ADDRESS)}`)).toBe(ADDRESS);
});

it('takes the settings code of ODK Collect', async () => {
	expect(await addressIn(await collectCode({ general: { server_url: ADDRESS } }))).toBe(ADDRESS);
	expect(await addressIn(await collectCode({ general: {} }))).toBeNull();
});

it('refuses whatever else is on a code', async () => {
	for (const other of [
		'',
		'https://survey.example/',
		'hello',
		'javascript:alert(1)//v1/key/a/evaluations/b',
		'12345678',
	]) {
		expect(await addressIn(other), other).toBeNull();
	}
});

it('names the service that an address belongs to', () => {
	expect(originOf(ADDRESS)).toBe('https://survey.example');
});
