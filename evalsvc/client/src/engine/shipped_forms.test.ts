import { expect, test } from 'vitest';

import type { Position } from '../model.ts';
import { openForm } from './form.ts';
import { DEVICE, everyNode, stored } from './opened_for_tests.ts';
import type { FormNode, FormSession, Question, RepeatRow } from './question.ts';
import { shippedForms } from './shipped_forms.ts';

const SHIPPED = shippedForms();
/** Milliseconds; the longest form is opened three times. */
const PATIENCE = 60_000;
const NO_FILES = new Map<string, never>();

/** The texts of an interview by path, rows of repeats counted from 1 where there are several or the form repeats them. */
function textsOf(xml: string, repeated: ReadonlySet<string>): Map<string, string> {
	const texts = new Map<string, string>();
	const walk = (element: Element, path: string, plain: string): void => {
		if (element.children.length === 0) {
			texts.set(path, element.textContent ?? '');
		}
		const counts = new Map<string, number>();
		for (const child of element.children) {
			const count = (counts.get(child.localName) ?? 0) + 1;
			counts.set(child.localName, count);
			const below = `${plain}/${child.localName}`;
			walk(child, `${path}/${child.localName}${repeated.has(below) ? `[${count}]` : ''}`, below);
		}
	};
	const root = new DOMParser().parseFromString(xml, 'text/xml').documentElement;
	walk(root, `/${root.localName}`, `/${root.localName}`);
	return texts;
}

function repeatsOf(xform: string): Set<string> {
	return new Set([...xform.matchAll(/<repeat nodeset="([^"]+)"/g)].map(([, path]) => path ?? ''));
}

function asked(session: FormSession): Question[] {
	const shown = (nodes: readonly (FormNode | RepeatRow)[]): (FormNode | RepeatRow)[] =>
		nodes.filter((node) => node.relevant).flatMap((node) => [node, ...shown(below(node))]);
	const below = (node: FormNode | RepeatRow): readonly (FormNode | RepeatRow)[] =>
		node.node === 'question' ? [] : node.node === 'repeat' ? node.rows : node.children;
	return shown(session.children).filter((node) => node.node === 'question');
}

function give(question: Question, text: string): boolean {
	if (['photo', 'signature', 'audio', 'video', 'file', 'drawing'].includes(question.kind)) {
		question.attach({ name: text, type: 'image/jpeg', bytes: new Uint8Array([7]) });
		return question.answer !== null;
	}
	if (question.kind === 'choices' || question.kind === 'rank') {
		return question.give(text.split(' '));
	}
	return question.give(question.kind === 'position' ? position(text) : text);
}

function position(text: string): Position {
	const [latitude = 0, longitude = 0, altitude = null, accuracy = null] = text.split(' ').map(Number);
	return { latitude, longitude, altitude, accuracy };
}

/** Answer what is asked as an interview answered it, until nothing more is asked. */
function fill(session: FormSession, texts: ReadonlyMap<string, string>): Set<string> {
	const given = new Set<string>();
	for (;;) {
		const next = asked(session).find(
			(one) => !one.readonly && !given.has(one.path) && (texts.get(one.path) ?? '') !== '',
		);
		if (next === undefined) {
			return given;
		}
		given.add(next.path);
		expect(give(next, texts.get(next.path) ?? ''), next.path).toBe(true);
	}
}

test.each(SHIPPED)(
	'$name: a finished interview comes back as it was, and as a correction of itself',
	async (shipped) => {
		const form = await openForm(stored(shipped.xform), DEVICE);
		const repeats = repeatsOf(shipped.xform);
		const before = textsOf(shipped.interview, repeats);
		const draft = await form.resume(shipped.interview, NO_FILES);
		expect(draft.objections).toEqual([]);
		expect(textsOf(draft.xml(), repeats)).toEqual(before);
		const correction = await form.correct(shipped.interview, NO_FILES);
		const after = textsOf(correction.xml(), repeats);
		const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
		expect(changed.map((path) => path.split('/').pop()).sort()).toEqual(['deprecatedID', 'instanceID']);
	},
	PATIENCE,
);

test.each(SHIPPED)(
	'$name: it is begun, filled and finished',
	async (shipped) => {
		const form = await openForm(stored(shipped.xform), DEVICE);
		const repeats = repeatsOf(shipped.xform);
		const texts = textsOf(shipped.interview, repeats);
		const filled = { unit_id: '350125101200-00007', household_class: '监测户', registered: '是' };
		const session = await form.begin(filled);
		const unit = everyNode(session.children).find((node) => node.node === 'question' && node.path.endsWith('/unit_id'));
		const isMarked = shipped.xform.includes('evalsvc:assignment="unit_id"');
		expect(unit?.node === 'question' && unit.answer).toBe(isMarked ? filled.unit_id : null);
		expect(fill(session, texts).size).toBeGreaterThan(3);
		const sent = session.finish('audit.csv');
		const files = asked(session).filter((one) => one.kind === 'photo' || one.kind === 'signature');
		expect(session.files().size).toBe(files.filter((one) => one.answer !== null).length);
		const again = await form.resume(sent, session.files());
		expect(again.xml()).toBe(sent.replace('<audit>audit.csv</audit>', '<audit/>'));
	},
	PATIENCE,
);
