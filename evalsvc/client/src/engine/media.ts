import type { FetchFormAttachment, FetchResourceResponse } from '@getodk/xforms-engine';

/** Give the engine the files of a form from the phone, by their names; nothing is asked of the network. */
export function mediaFrom(files: ReadonlyMap<string, Blob>): FetchFormAttachment {
	return (url) => {
		const file = files.get(fileName(url));
		return Promise.resolve(file === undefined ? MISSING : responseOf(file));
	};
}

/** The name of a file of the form that a `jr://` address points to. */
export function fileName(url: URL): string {
	return decodeURIComponent(url.href.split('/').pop() ?? '');
}

const MISSING: FetchResourceResponse = {
	ok: false,
	status: 404,
	blob: () => Promise.resolve(new Blob([])),
	text: () => Promise.resolve(''),
};

function responseOf(file: Blob): FetchResourceResponse {
	return { ok: true, status: 200, blob: () => Promise.resolve(file), text: () => file.text() };
}
