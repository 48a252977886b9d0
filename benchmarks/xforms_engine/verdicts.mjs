// Load a form and submissions of it, and print what the engine finds in each.
//
//     node verdicts.mjs < request.json > verdicts.json
//
// The request is {form, submissions: [xml, ...]}; each verdict is {values, irrelevant, violations}: the values that the
// engine holds after it has computed everything anew, by reference; the references of answers that are not relevant; and
// the condition (required, constraint) that an answer violates, by reference. A submission that the engine cannot restore
// has {error}.
import { readFileSync } from 'node:fs';

import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html>', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(window)) {
	if (!(name in globalThis)) {
		globalThis[name] = window[name];
	}
}

// The engine's WebAssembly parser takes another way where it knows Node, and that one is broken in an ES module. It looks
// for the version as a string; what Node itself reads there goes on working with the object.
const { versions } = process;
Object.defineProperty(process, 'versions', { configurable: true, value: { ...versions, node: new String(versions.node) } });
const { loadForm } = await import('@getodk/xforms-engine');
Object.defineProperty(process, 'versions', { configurable: true, value: versions });

const { form, submissions } = JSON.parse(readFileSync(0, 'utf8'));
const loaded = await loadForm(form);
if (loaded.status === 'failure') {
	throw loaded.error;
}

const verdicts = [];
for (const submission of submissions) {
	verdicts.push(await verdict(submission));
}
process.stdout.write(JSON.stringify(verdicts));

async function verdict(submission) {
	try {
		const data = new FormData();
		data.set('xml_submission_file', new File([submission], 'xml_submission_file', { type: 'text/xml' }));
		const { root } = await loaded.restoreInstance({ inputType: 'FORM_INSTANCE_INPUT_RESOLVED', data: [data] });
		return found(root);
	} catch (error) {
		return { error: String(error?.message ?? error) };
	}
}

function found(root) {
	const values = {};
	const irrelevant = [];
	const walk = (node) => {
		const { children, reference, relevant } = node.currentState;
		if (children !== null) {
			children.forEach(walk);
		} else if (relevant) {
			values[reference] = text(node);
		} else {
			irrelevant.push(reference);
		}
	};
	walk(root);
	const violations = {};
	for (const { reference, violation } of root.validationState.violations) {
		violations[reference] = violation.condition;
	}
	return { values, irrelevant, violations };
}

// What the engine would write into the submission for this answer.
function text(node) {
	const written = node.instanceState.instanceXML;
	const { documentElement } = new DOMParser().parseFromString(
		`<x xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa">${written}</x>`,
		'text/xml'
	);
	return documentElement.textContent ?? '';
}
