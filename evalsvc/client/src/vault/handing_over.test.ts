// @vitest-environment node
import { expect, test } from 'vitest';

import { bytesOf } from './bytes.ts';
import { packed, sealedForServer, sealedRecords } from './handing_over.ts';
import { handedOver, lockedRecords, unsentFiles } from './opened_by_server.ts';
import { deviceInfo, enrolled, file, interview, troubleOf } from './samples.ts';

test('what is sealed for the server opens with its key, and with not one byte changed', async () => {
	const { person } = await enrolled();
	const content = packed({ '0001/submission.xml': bytesOf('<data/>'), 'manifest.json': bytesOf('[]') });
	const sealed = await sealedForServer(deviceInfo().unsent_key, person, content);
	const { header } = await handedOver(sealed);
	expect(header).toMatchObject({
		format: 'evalsvc-unsent-1',
		key_id: 'key-1',
		person_id: 'person-1',
		evaluation_id: 'evaluation-1',
	});
	expect(header['made_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	const files = await unsentFiles(sealed);
	expect(Buffer.from(files['0001/submission.xml'] ?? []).toString()).toBe('<data/>');
	const place = Buffer.from(sealed).indexOf('person-1');
	sealed[place] = 'P'.charCodeAt(0);
	await expect(unsentFiles(sealed)).rejects.toThrow();
});

test('a locked vault hands over its unsent interviews, which the server opens', async () => {
	const vault = await enrolled();
	await vault.interviews.save(interview({ fileNames: ['a.jpg'] }), [file('a.jpg')]);
	await vault.interviews.save(interview({ id: 'sent', state: 'sent' }), []);
	vault.lock();
	const records = await lockedRecords(await sealedRecords(vault.person.id));
	expect(records.map(({ store }) => store)).toEqual(['summaries', 'contents', 'files']);
	const [summary, contents, photo] = records.map(({ content }) => Buffer.from(content).toString());
	expect(JSON.parse(summary ?? '')).toMatchObject({ instanceId: 'uuid:1', fileNames: ['a.jpg'] });
	expect((JSON.parse(contents ?? '') as { xml: string }).xml).toContain('示例户 001');
	expect(photo).toBe('{"name":"a.jpg","type":"image/jpeg"}\nbytes of a.jpg');
});

test('records that are sealed for a newer key of the server open with that', async () => {
	const vault = await enrolled();
	await vault.interviews.save(interview(), []);
	await vault.sealFor({ ...deviceInfo().unsent_key, id: 'key-2' });
	const { header } = await handedOver(await sealedRecords(vault.person.id));
	expect(header['key_id']).toBe('key-2');
});

test('where nothing is unsent, nothing is handed over', async () => {
	const vault = await enrolled();
	await vault.interviews.save(interview({ state: 'sent' }), []);
	expect(await troubleOf(sealedRecords(vault.person.id))).toBe('phone.nothing_unsent');
});
