/** What the XForm says beside what the engine tells of it: marks of this service, parameters, the log of changes. */
import { FormUnreadable } from './unreadable.ts';

const EVALSVC = 'https://evalsvc.org/xform/1';
const ODK = 'http://www.opendatakit.org/xforms';

export class FormDefinition {
	readonly title: string;
	/** Whether the form asks for audit.csv, and whether with the changes of answers; null where it does not. */
	readonly audit: { readonly trackChanges: boolean } | null;
	/** Path of the question that names the log, null where the form has none. */
	readonly auditPath: string | null;
	private readonly document: XMLDocument;
	private readonly primary: Element;
	private readonly binds = new Map<string, Element>();

	/** Read a form; throws FormUnreadable where the text is no XForm. */
	constructor(xml: string) {
		this.document = parsed(xml);
		this.primary = primaryInstance(this.document);
		for (const bind of this.document.getElementsByTagNameNS('*', 'bind')) {
			this.binds.set(bind.getAttribute('nodeset') ?? '', bind);
		}
		this.title = this.document.getElementsByTagNameNS('*', 'title')[0]?.textContent?.trim() ?? '';
		const path = `/${this.primary.nodeName}/meta/audit`;
		this.auditPath = elementsAt(this.primary, path).length > 0 ? path : null;
		const tracks = this.binds.get(path)?.getAttributeNS(ODK, 'track-changes') === 'true';
		this.audit = this.auditPath === null ? null : { trackChanges: tracks };
	}

	/** The attributes of a question's bind by their local names. */
	bindAttributes(path: string): Readonly<Record<string, string>> {
		return attributesOf(this.binds.get(path));
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
}

/** Parse XML; throws FormUnreadable where it is none. */
export function parsed(xml: string): XMLDocument {
	const document = new DOMParser().parseFromString(xml, 'text/xml') as XMLDocument;
	if (document.getElementsByTagName('parsererror').length > 0) {
		throw new FormUnreadable('XML');
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

function primaryInstance(form: XMLDocument): Element {
	const primary = form.getElementsByTagNameNS('*', 'instance')[0]?.firstElementChild;
	if (!primary) {
		throw new FormUnreadable('instance');
	}
	return primary;
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
