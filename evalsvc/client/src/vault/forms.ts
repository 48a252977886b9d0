/** Form versions on the phone, with the files that they are delivered with. */
import type { StoredForm } from '../model.ts';
import { bytesOf, type Bytes, framed, joined, textOf, unframed } from './bytes.ts';
import { read, write } from './database.ts';
import type { SealedRecord } from './schema.ts';
import { type DataKey, identity } from './sealing.ts';

/** A form version without its contents. */
export type FormSummary = Omit<StoredForm, 'xml' | 'media'>;

interface Layout {
	readonly xml: number;
	readonly media: readonly { readonly name: string; readonly type: string; readonly bytes: number }[];
}

export class Forms {
	constructor(
		private readonly owner: string,
		private readonly key: DataKey,
	) {}

	async list(): Promise<readonly FormSummary[]> {
		const records = await read(['forms'], (all) => all.objectStore('forms').index('owner').getAll(this.owner));
		return Promise.all(records.map((record) => this.openSummary(record)));
	}

	/** A form version; null where it is not on the phone. */
	async read(formId: string, version: string): Promise<StoredForm | null> {
		const key = this.keyOf(formId, version);
		const [head, body] = await read(['forms', 'form_contents'], (all) =>
			Promise.all([all.objectStore('forms').get(key), all.objectStore('form_contents').get(key)]),
		);
		if (head === undefined || body === undefined) {
			return null;
		}
		const contents = await this.key.open(identity('form_contents', this.owner, key), body.sealed);
		return { ...(await this.openSummary(head)), ...unpacked(contents) };
	}

	/** Write a form version with all its files; it replaces one of the same name. */
	async save(form: StoredForm): Promise<void> {
		const { xml, media, ...summary } = form;
		const head = await this.sealSummary(summary);
		const contents = await packed(xml, media);
		const sealed = await this.key.seal(identity('form_contents', this.owner, head.key), contents);
		await write(['forms', 'form_contents'], async (all) => {
			await all.objectStore('forms').put(head);
			await all.objectStore('form_contents').put({ key: head.key, owner: this.owner, sealed });
		});
	}

	/** Write what is known of a form version that is here: that it was withdrawn, or is listed again. */
	async describe(summary: FormSummary): Promise<void> {
		const head = await this.sealSummary(summary);
		await write(['forms'], (all) => all.objectStore('forms').put(head));
	}

	async remove(formId: string, version: string): Promise<void> {
		const key = this.keyOf(formId, version);
		await write(['forms', 'form_contents'], async (all) => {
			await all.objectStore('forms').delete(key);
			await all.objectStore('form_contents').delete(key);
		});
	}

	private keyOf(formId: string, version: string): string {
		return JSON.stringify([this.owner, formId, version]);
	}

	private async openSummary(record: SealedRecord): Promise<FormSummary> {
		return (await this.key.openJson(identity('forms', this.owner, record.key), record.sealed)) as FormSummary;
	}

	private async sealSummary(summary: FormSummary): Promise<SealedRecord> {
		const key = this.keyOf(summary.formId, summary.version);
		return { key, owner: this.owner, sealed: await this.key.sealJson(identity('forms', this.owner, key), summary) };
	}
}

async function packed(xml: string, media: ReadonlyMap<string, Blob>): Promise<Bytes> {
	const files = await Promise.all(
		[...media].map(async ([name, blob]) => ({ name, type: blob.type, body: await contentOf(blob) })),
	);
	const form = bytesOf(xml);
	const layout: Layout = {
		xml: form.length,
		media: files.map(({ name, type, body }) => ({ name, type, bytes: body.length })),
	};
	return framed(layout, joined([form, ...files.map(({ body }) => body)]));
}

async function contentOf(blob: Blob): Promise<Bytes> {
	return new Uint8Array(await blob.arrayBuffer());
}

function unpacked(frame: Bytes): Pick<StoredForm, 'xml' | 'media'> {
	const { head, body } = unframed(frame);
	const layout = head as Layout;
	const media = new Map<string, Blob>();
	let place = layout.xml;
	for (const { name, type, bytes } of layout.media) {
		media.set(name, new Blob([body.slice(place, place + bytes)], { type }));
		place += bytes;
	}
	return { xml: textOf(body.subarray(0, layout.xml)), media };
}
