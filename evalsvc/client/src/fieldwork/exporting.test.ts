// @vitest-environment node
import { expect, test } from 'vitest';

import type { Vault } from '../vault/vault.ts';
import { sha256 } from '../vault/bytes.ts';
import { database } from '../vault/database.ts';
import { lockedRecords, unsentFiles } from '../vault/opened_by_server.ts';
import { enrolled, file, interview, troubleOf } from '../vault/samples.ts';
import { exportLocked, exportUnsent, portions } from './exporting.ts';

async function withUnsent(): Promise<Vault> {
	const vault = await enrolled();
	const second = { id: 'interview-2', instanceId: 'uuid:2', savedAt: '2026-11-23T01:00:00Z', bytes: 60 };
	await vault.interviews.save(interview({ state: 'finished', fileNames: ['照片.jpg', 'audit.csv'] }), [
		file('照片.jpg'),
		file('audit.csv', 'event\n'),
	]);
	await vault.interviews.save(interview({ ...second, state: 'finished' }), []);
	await vault.interviews.save(interview({ id: 'draft' }), []);
	return vault;
}

test('finished interviews are divided into files, the oldest first', async () => {
	const vault = await withUnsent();
	expect(await portions(vault)).toEqual([['interview-2', 'interview-1']]);
	expect(await portions(vault, 150)).toEqual([['interview-2'], ['interview-1']]);
	expect(await portions(vault, 10)).toEqual([['interview-2'], ['interview-1']]);
});

test('a file holds what would be sent, bit for bit, under hashes', async () => {
	const vault = await withUnsent();
	const { name, bytes } = await exportUnsent(vault, ['interview-2', 'interview-1']);
	expect(name).toMatch(/^evalsvc-unsent-\d{8}T\d{6}Z\.bin$/);
	const files = await unsentFiles(bytes);
	expect(Object.keys(files).sort()).toEqual([
		'0001/submission.xml',
		'0002/files/audit.csv',
		'0002/files/照片.jpg',
		'0002/submission.xml',
		'manifest.json',
	]);
	const list = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as Record<string, unknown>[];
	expect(list[1]).toMatchObject({ folder: '0002', instance_id: 'uuid:1', form_id: 'household', version: '1' });
	for (const row of list as { folder: string; sha256: string; files: { name: string; sha256: string }[] }[]) {
		expect(await sha256(Uint8Array.from(files[`${row.folder}/submission.xml`] ?? []))).toBe(row.sha256);
		for (const each of row.files) {
			expect(await sha256(Uint8Array.from(files[`${row.folder}/files/${each.name}`] ?? []))).toBe(each.sha256);
		}
	}
	expect((await vault.interviews.list()).every((each) => each.state !== 'sent')).toBe(true);
});

test('what is damaged keeps nothing else out of the file, and is counted', async () => {
	const vault = await withUnsent();
	const opened = await database();
	const [one, other] = await opened.getAll('files');
	const broken = await opened.get('contents', 'interview-2');
	await opened.put('files', { ...one!, sealed: other!.sealed });
	await opened.put('contents', { ...broken!, sealed: one!.sealed });
	const { bytes, leftOut } = await exportUnsent(vault, ['interview-2', 'interview-1']);
	expect(leftOut).toBe(1);
	const files = await unsentFiles(bytes);
	expect(Object.keys(files)).toHaveLength(3);
	const [row, ...more] = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as { files: unknown[] }[];
	expect([row, more.length]).toMatchObject([{ folder: '0001', instance_id: 'uuid:1' }, 0]);
	expect(row?.files).toHaveLength(1);
	expect(await troubleOf(exportUnsent(vault, ['interview-2']))).toBe('phone.record_damaged');
});

test('nothing to hand over is said so', async () => {
	const vault = await enrolled();
	expect(await portions(vault)).toEqual([]);
	expect(await troubleOf(exportUnsent(vault, []))).toBe('phone.nothing_unsent');
	expect(await troubleOf(exportLocked(vault.person.id))).toBe('phone.nothing_unsent');
});

test('a locked phone hands over drafts too', async () => {
	const vault = await withUnsent();
	vault.lock();
	const records = await lockedRecords((await exportLocked(vault.person.id)).bytes);
	expect(records.filter(({ store }) => store === 'contents')).toHaveLength(3);
	expect(records.filter(({ store }) => store === 'files')).toHaveLength(2);
});
