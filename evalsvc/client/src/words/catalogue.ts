/** The sentences of the phone, out of the service's own catalogue: read when the bundle is built. */
import type { Localised } from '../model.ts';

type Table = Readonly<Record<string, Localised>>;

const tables = import.meta.glob<Table>('../../../translations/codes/phone*.toml', { eager: true, import: 'default' });

/** Every code that begins with `phone.`, with its two sentences. */
export const catalogue: ReadonlyMap<string, Localised> = new Map(
	Object.values(tables).flatMap(Object.entries<Localised>),
);
