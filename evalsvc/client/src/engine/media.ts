import type { FetchFormAttachment, FetchResourceResponse } from '@getodk/xforms-engine';

const LAST_SAVED_NAME = 'evalsvc-last-saved.xml';

/** Where the engine asks for the last finished submission. */
export const LAST_SAVED = `jr://file/${LAST_SAVED_NAME}`;

/** Give the engine the files of a form from the phone, by their names; nothing is asked of the network. */
export function mediaFrom(files: ReadonlyMap<string, Blob>, lastSaved: string | null): FetchFormAttachment {
	return (url) => {
		const name = fileName(url);
		if (name === LAST_SAVED_NAME && lastSaved !== null) {
			return Promise.resolve(responseOf(new Blob([lastSaved])));
		}
		const file = files.get(name);
		return Promise.resolve(file === undefined ? MISSING : responseOf(file));
	};
}

/** The name of a file of the form that a `jr://` address points to. */
export function fileName(url: URL): string {
	const name = tableName(url.href);
	try {
		// A per cent sign that the form wrote itself is none of an address.
		return decodeURIComponent(name.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
	} catch {
		return name;
	}
}

/** The name of a picture, recording or film that a text comes with; null where it has none. */
export function nameOf(url: URL | undefined): string | null {
	return url === undefined ? null : fileName(url);
}

/** The last part of an address, as it stands there. */
export function tableName(address: string): string {
	return address.split('/').pop() ?? '';
}

const MISSING: FetchResourceResponse = {
	ok: false,
	status: 404,
	blob: () => Promise.resolve(new Blob([])),
	text: () => Promise.resolve(''),
};

/** Blobs of an object store may come without their type; the engine then goes by the name's ending. */
function responseOf(file: Blob): FetchResourceResponse {
	return { ok: true, status: 200, blob: () => Promise.resolve(file), text: () => file.text() };
}
