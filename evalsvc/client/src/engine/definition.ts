/** What the XForm says beside what the engine tells of it: marks of this service, parameters, the log of changes. */
import { separateGuidance } from './guidance.ts';
import { LAST_SAVED, tableName } from './media.ts';

const EVALSVC = 'https://evalsvc.org/xform/1';
const ODK = 'http://www.opendatakit.org/xforms';

export class FormDefinition {
	readonly title: string;
	/** Whether the form asks for audit.csv, and whether with the changes of answers; null where it does not. */
	readonly audit: { readonly trackChanges: boolean } | null;
	/** Names of the tables that the form looks values up in. */
	readonly tables: readonly string[];
	private readonly document: XMLDocument;
	private readonly binds = new Map<string, Element>();

	/** Read a form; throws where the text is no XForm. `hasLastSaved`: whether an earlier submission is at hand. */
	constructor(xml: string, hasLastSaved: boolean) {
		this.document = parsed(xml);
		for (const bind of this.document.getElementsByTagNameNS('*', 'bind')) {
			this.binds.set(bind.getAttribute('nodeset') ?? '', bind);
		}
		this.title = this.document.getElementsByTagNameNS('*', 'title')[0]?.textContent?.trim() ?? '';
		this.audit = this.auditSettings();
		this.tables = tablesOf(this.document, hasLastSaved);
		separateGuidance(this.document);
	}

	/** The attributes of a question's bind by their local names. */
	bindAttributes(path: string): Readonly<Record<string, string>> {
		return attributesOf(this.binds.get(path));
	}

	/**
	 * The form for an interview that is gone on with. The engine makes room for deprecatedID when a correction begins; when
	 * its draft is gone on with it would drop the id, and the correction would arrive as an interview of its own.
	 */
	fitting(interview: XMLDocument): string {
		const form = this.document.cloneNode(true) as XMLDocument;
		const [meta] = elementsAt(primaryInstance(form), `/${primaryInstance(form).nodeName}/meta`);
		const corrects = interview.getElementsByTagNameNS('*', 'deprecatedID').length > 0;
		if (corrects && meta && meta.getElementsByTagNameNS('*', 'deprecatedID').length === 0) {
			meta.append(form.createElementNS(meta.namespaceURI, meta.nodeName.replace(/[^:]+$/, 'deprecatedID')));
		}
		return new XMLSerializer().serializeToString(form);
	}

	/** The form for a new interview: what the assignment knows stands in it as the questions' defaults. */
	filledWith(filled: Readonly<Record<string, string>>): string {
		const form = this.document.cloneNode(true) as XMLDocument;
		const primary = primaryInstance(form);
		for (const [path, bind] of this.binds) {
			const value = filled[bind.getAttributeNS(EVALSVC, 'assignment') ?? ''];
			if (value !== undefined) {
				elementsAt(primary, path).forEach((element) => (element.textContent = value));
			}
		}
		return new XMLSerializer().serializeToString(form);
	}

	private auditSettings(): FormDefinition['audit'] {
		const primary = primaryInstance(this.document);
		const path = `/${primary.nodeName}/meta/audit`;
		if (elementsAt(primary, path).length === 0) {
			return null;
		}
		return { trackChanges: this.binds.get(path)?.getAttributeNS(ODK, 'track-changes') === 'true' };
	}
}

/** Parse XML; throws where it is none. */
export function parsed(xml: string): XMLDocument {
	const document = new DOMParser().parseFromString(xml, 'text/xml') as XMLDocument;
	if (document.getElementsByTagName('parsererror').length > 0) {
		throw new Error('no XML');
	}
	return document;
}

/** All attributes of an element by their local names, without declarations of namespaces. */
export function attributesOf(element: Element | undefined): Record<string, string> {
	const found: Record<string, string> = {};
	for (const attribute of element?.attributes ?? []) {
		if (attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns') {
			found[attribute.localName] = attribute.value;
		}
	}
	return found;
}

/** The elements at a path that begins with the root's own name; several below a repeat and its template. */
export function elementsAt(root: Element, path: string): Element[] {
	const [, first, ...steps] = path.split('/').map((step) => step.replace(/^.*:/, ''));
	let found = first === root.localName ? [root] : [];
	for (const step of steps) {
		found = found.flatMap((element) => [...element.children].filter((child) => child.localName === step));
	}
	return found;
}

function primaryInstance(form: XMLDocument): Element {
	const primary = form.getElementsByTagNameNS('*', 'instance')[0]?.firstElementChild;
	if (!primary) {
		throw new Error('no primary instance');
	}
	return primary;
}

/** Name the tables of a form. The engine leaves last-saved values empty unless they come as a table like any other. */
function tablesOf(form: XMLDocument, hasLastSaved: boolean): string[] {
	const external = [...form.getElementsByTagNameNS('*', 'instance')].filter((one) => one.hasAttribute('src'));
	const lastSaved = external.filter((one) => one.getAttribute('src') === 'jr://instance/last-saved');
	if (hasLastSaved) {
		lastSaved.forEach((one) => one.setAttribute('src', LAST_SAVED));
	}
	const tables = external.filter((one) => !lastSaved.includes(one));
	return tables.map((one) => tableName(one.getAttribute('src') ?? ''));
}
