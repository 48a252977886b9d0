/** Which part a form plays: what it tells of, and which outcomes of a visit it gives (as the service reads it). */

export type About = 'household' | 'village' | 'county';

export interface FormPart {
	readonly about: About;
	/** `none`: it gives no outcome; `not_completed`: a record of a visit without an interview. */
	readonly outcomes: 'none' | 'not_completed' | 'completed';
}

const EVALSVC = 'https://evalsvc.org/xform/1';
const XFORMS = 'http://www.w3.org/2002/xforms';

/** Read the part of a form from its XML: the mark on `unit_id` and the choices of `disposition`. */
export function partOf(xml: string): FormPart {
	const form = new DOMParser().parseFromString(xml, 'application/xml');
	const binds = [...form.getElementsByTagNameNS(XFORMS, 'bind')];
	const unit = binds.find((bind) => bind.getAttribute('nodeset')?.endsWith('/unit_id'));
	const about = aboutOf(unit?.getAttributeNS(EVALSVC, 'about') ?? '');
	const outcome = binds.find((bind) => bind.getAttribute('nodeset')?.endsWith('/disposition'));
	if (about !== 'household' || outcome === undefined) {
		return { about, outcomes: 'none' };
	}
	const values = choicesOf(form, outcome.getAttribute('nodeset') ?? '');
	return { about, outcomes: values.has('completed') ? 'completed' : 'not_completed' };
}

function aboutOf(mark: string): About {
	return mark === 'village' || mark === 'county' ? mark : 'household';
}

function choicesOf(form: Document, path: string): ReadonlySet<string> {
	const select = [...form.querySelectorAll('select1, select')].find((control) => control.getAttribute('ref') === path);
	const list = /instance\('([^']+)'\)/.exec(select?.querySelector('itemset')?.getAttribute('nodeset') ?? '')?.[1];
	const source = list === undefined ? select : instanceOf(form, list);
	const selector = list === undefined ? 'item > value' : 'item > name';
	return new Set([...(source?.querySelectorAll(selector) ?? [])].map((value) => value.textContent?.trim() ?? ''));
}

function instanceOf(form: Document, id: string): Element | undefined {
	return [...form.querySelectorAll('model > instance')].find((instance) => instance.id === id);
}
