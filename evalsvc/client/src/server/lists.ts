/** The lists that OpenRosa sends as XML: of forms, and of the files of one form. */

import type { ListedForm } from '../model.ts';
import { notUnderstood } from './trouble.ts';

const FORMS = 'http://openrosa.org/xforms/xformsList';
const FILES = 'http://openrosa.org/xforms/xformsManifest';
const MD5 = /^md5:[0-9a-f]{32}$/i;

/** A file that a form is delivered with. */
export interface ListedFile {
	readonly filename: string;
	readonly hash: string;
	readonly downloadUrl: string;
}

/** Read the list of forms; every address in it lies at the server that sent it. */
export function readForms(bytes: Uint8Array, origin: string): readonly ListedForm[] {
	return rows(bytes, FORMS, 'xforms', 'xform').map((row) => ({
		formId: text(row, FORMS, 'formID'),
		version: text(row, FORMS, 'version', true),
		name: text(row, FORMS, 'name'),
		hash: hash(text(row, FORMS, 'hash')),
		downloadUrl: ownAddress(text(row, FORMS, 'downloadUrl'), origin),
		manifestUrl: optionalAddress(text(row, FORMS, 'manifestUrl', true), origin),
	}));
}

/** Read the list of a form's files. */
export function readFiles(bytes: Uint8Array, origin: string): readonly ListedFile[] {
	return rows(bytes, FILES, 'manifest', 'mediaFile').map((row) => ({
		filename: fileName(text(row, FILES, 'filename')),
		hash: hash(text(row, FILES, 'hash')),
		downloadUrl: ownAddress(text(row, FILES, 'downloadUrl'), origin),
	}));
}

/** Return an address that lies at the server which the device is set to: its token goes nowhere else. */
export function ownAddress(address: string, origin: string): string {
	if (addressIn(address)?.origin !== origin) {
		throw notUnderstood('address');
	}
	return address;
}

/** Read a text as an address; null where it is none. */
export function addressIn(text: string): URL | null {
	try {
		return new URL(text);
	} catch {
		return null;
	}
}

/** Return the name of a file that may stand beside others: no folders in it, and no way out of one. */
export function fileName(name: string): string {
	if (/[/\\\u0000-\u001f]/.test(name) || name === '.' || name === '..') {
		throw notUnderstood('file name');
	}
	return name;
}

function rows(bytes: Uint8Array, namespace: string, list: string, row: string): readonly Element[] {
	const root = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'text/xml').documentElement;
	if (root.namespaceURI !== namespace || root.localName !== list) {
		throw notUnderstood(list);
	}
	return [...root.children].filter((each) => each.namespaceURI === namespace && each.localName === row);
}

function text(row: Element, namespace: string, name: string, mayBeEmpty = false): string {
	const found = [...row.children].filter((each) => each.namespaceURI === namespace && each.localName === name);
	const value = found[0]?.textContent.trim() ?? '';
	if (found.length > 1 || (value === '' && !mayBeEmpty)) {
		throw notUnderstood(name);
	}
	return value;
}

function hash(value: string): string {
	if (!MD5.test(value)) {
		throw notUnderstood('hash');
	}
	return value.toLowerCase();
}

function optionalAddress(address: string, origin: string): string | null {
	return address === '' ? null : ownAddress(address, origin);
}
