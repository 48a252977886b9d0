/** What the server last said to a person's phone: sealed JSON under a name. */
import type { DeviceInfo, ReturnedInterview, Task } from '../model.ts';
import { read, write } from './database.ts';
import { type DataKey, identity } from './sealing.ts';

/** What is kept, by name; times are ISO 8601 by the phone's clock. */
export interface Listed {
	readonly tasks: { readonly tasks: readonly Task[]; readonly askedAt: string };
	readonly returned: { readonly returned: readonly ReturnedInterview[]; readonly askedAt: string };
	/** `clockAhead`: seconds that the phone's clock was ahead of the server's when it was asked. */
	readonly device: { readonly info: DeviceInfo; readonly clockAhead: number; readonly askedAt: string };
}

export class Lists {
	constructor(
		private readonly owner: string,
		private readonly key: DataKey,
	) {}

	/** What was last written under a name; null where nothing was. */
	async read<Name extends keyof Listed>(name: Name): Promise<Listed[Name] | null> {
		const record = await read(['lists'], (all) => all.objectStore('lists').get(this.keyOf(name)));
		if (record === undefined) {
			return null;
		}
		return (await this.key.openJson(identity('lists', this.owner, record.key), record.sealed)) as Listed[Name];
	}

	async write<Name extends keyof Listed>(name: Name, value: Listed[Name]): Promise<void> {
		const key = this.keyOf(name);
		const sealed = await this.key.sealJson(identity('lists', this.owner, key), value);
		await write(['lists'], (all) => all.objectStore('lists').put({ key, owner: this.owner, sealed }));
	}

	private keyOf(name: keyof Listed): string {
		return JSON.stringify([this.owner, name]);
	}
}
