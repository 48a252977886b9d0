import { expect, it } from 'vitest';

import { openDevice, refusalOf } from './devices.ts';

it('tells a refused device from one that is missing or in use', () => {
	const names = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SomethingNew'];
	expect(names.map((name) => refusalOf(new DOMException('', name)))).toEqual(['denied', 'missing', 'busy', 'busy']);
});

it('says so where a page may not ask at all', async () => {
	await expect(openDevice({ audio: true })).rejects.toMatchObject({ refusal: 'insecure' });
});
