import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A form of the library, as it is published, and an interview of it to which its checks object in nothing. */
export interface ShippedForm {
	readonly name: string;
	readonly xform: string;
	readonly interview: string;
}

/** The longest of several interviews made by chance asks the most questions. */
const COMPOSE = `
import json
from benchmarks.form_answers import NOW, Answering
from forms import check, convert, library, parse_definition, parse_instance

def shipped(name):
    xform = convert(library.text_of(name), name + ".md").xform
    definition = parse_definition(xform)
    made = map(Answering(definition, "phone:" + name).good, range(8))
    good = [sent for sent in made if not check(definition, parse_instance(sent), NOW)]
    return {"name": name, "xform": xform.decode(), "interview": max(good, key=len).decode()}

print(json.dumps([shipped(name) for name in library.names()]))
`;

/** One form alone takes a fraction of the time that all take with their interviews. */
const CONVERT = `
import json, sys
from forms import convert, library

print(json.dumps(convert(library.text_of(sys.argv[1]), sys.argv[1] + ".md").xform.decode()))
`;

/** Compose every form of the library with the service's own code; needs the environment of the service. */
export function shippedForms(): ShippedForm[] {
	return told(COMPOSE) as ShippedForm[];
}

/** Compose one form of the library, as it is published. */
export function shippedForm(name: string): string {
	return told(CONVERT, name) as string;
}

function told(program: string, ...given: readonly string[]): unknown {
	const root = join(import.meta.dirname, '..', '..', '..', '..');
	const environment = join(root, '.venv', 'bin', 'python');
	const python = existsSync(environment) ? environment : 'python3';
	const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
	return JSON.parse(execFileSync(python, ['-c', program, ...given], options));
}
