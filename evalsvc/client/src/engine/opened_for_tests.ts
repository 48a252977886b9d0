import type { StoredForm } from '../model.ts';
import type { FormNode, FormSession, Question, Repeat, RepeatRow } from './question.ts';

export const DEVICE = { deviceId: 'evalsvc:device-1', username: 'enumerator-1' };

/** A form of the phone, with files as texts. */
export function stored(xml: string, media: Readonly<Record<string, string>> = {}): StoredForm {
	const files = Object.entries(media).map(([name, text]) => [name, new Blob([text])] as const);
	return { formId: 'form', version: '1', name: '表', hash: 'md5:', xml, media: new Map(files), withdrawn: false };
}

/** All nodes that screens can reach, in the order of the form. */
export function everyNode(nodes: readonly (FormNode | RepeatRow)[]): (FormNode | RepeatRow)[] {
	return nodes.flatMap((node) => [node, ...everyNode(below(node))]);
}

function below(node: FormNode | RepeatRow): readonly (FormNode | RepeatRow)[] {
	if (node.node === 'question') {
		return [];
	}
	return node.node === 'repeat' ? node.rows : node.children;
}

/** The question of a name, in the row of a number (from 1) where it stands in a repeat. */
export function question(session: FormSession, name: string, row = 1): Question {
	const found = everyNode(session.children).filter(
		(node) => node.node === 'question' && node.path.endsWith(`/${name}`),
	);
	const node = found[row - 1];
	if (node?.node !== 'question') {
		throw new Error(`no question ${name} ${row}`);
	}
	return node;
}

export function repeat(session: FormSession, name: string): Repeat {
	const node = everyNode(session.children).find((one) => one.node === 'repeat' && one.path.endsWith(`/${name}`));
	if (node?.node !== 'repeat') {
		throw new Error(`no repeat ${name}`);
	}
	return node;
}
