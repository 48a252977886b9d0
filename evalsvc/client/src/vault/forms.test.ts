// @vitest-environment node
import { expect, test } from 'vitest';

import type { StoredForm } from '../model.ts';
import { deviceInfo, enrolled, troubleOf } from './samples.ts';

const form: StoredForm = {
	formId: 'household',
	version: '1',
	name: '示例问卷',
	hash: 'md5:0',
	xml: '<h:html>户</h:html>',
	media: new Map([
		['a.csv', new Blob(['甲,乙\n'], { type: 'text/csv' })],
		['b.png', new Blob([new Uint8Array([0, 10, 255])], { type: 'image/png' })],
		['empty', new Blob([])],
	]),
	withdrawn: false,
};

test('a form comes back with its files', async () => {
	const { forms } = await enrolled();
	await forms.save(form);
	const kept = await forms.read('household', '1');
	expect(kept).toMatchObject({ xml: form.xml, hash: 'md5:0', withdrawn: false });
	expect([...(kept?.media.keys() ?? [])]).toEqual(['a.csv', 'b.png', 'empty']);
	expect(await kept?.media.get('a.csv')?.text()).toBe('甲,乙\n');
	expect(kept?.media.get('b.png')?.type).toBe('image/png');
	expect(new Uint8Array((await kept?.media.get('b.png')?.arrayBuffer()) ?? [])).toEqual(new Uint8Array([0, 10, 255]));
	expect(await forms.read('household', '2')).toBeNull();
});

test('versions lie side by side, are withdrawn and removed', async () => {
	const { forms } = await enrolled();
	await forms.save(form);
	await forms.save({ ...form, version: '2' });
	const [first] = await forms.list();
	await forms.describe({ ...first!, withdrawn: true });
	expect((await forms.list()).map((each) => [each.version, each.withdrawn])).toEqual([
		['1', true],
		['2', false],
	]);
	expect((await forms.read('household', '1'))?.withdrawn).toBe(true);
	await forms.remove('household', '1');
	expect((await forms.list()).map((each) => each.version)).toEqual(['2']);
	expect(await forms.read('household', '1')).toBeNull();
});

test('lists are kept under their names', async () => {
	const vault = await enrolled();
	expect(await vault.lists.read('device')).toBeNull();
	const device = { info: deviceInfo(), clockAhead: 2, askedAt: '2026-11-23T00:00:00Z' };
	await vault.lists.write('device', device);
	await vault.lists.write('tasks', { tasks: [], askedAt: '2026-11-23T00:00:00Z' });
	expect(await vault.lists.read('device')).toEqual(device);
	vault.lock();
	expect(await troubleOf(vault.lists.read('device'))).toBe('phone.locked');
});
