/**
 * Forms say more than one text of a label or hint: guidance, a short form, a long one. The engine writes them all one after
 * the other, so they are sorted out before it reads the form.
 */

/** Stands before the guidance in a hint that the engine gives; a sign that no form holds. */
export const GUIDANCE = '\uE0FF';

const MEDIA = new Set(['image', 'audio', 'video']);

/** Put guidance behind a sign at the end of its text, and leave only one of short, long and plain words. */
export function separateGuidance(form: XMLDocument): void {
	for (const special of [...form.querySelectorAll('text > value[form]')]) {
		const kind = special.getAttribute('form') ?? '';
		if (kind === 'guidance') {
			special.removeAttribute('form');
			special.prepend(GUIDANCE);
			special.parentElement?.append(special);
		} else if (!MEDIA.has(kind)) {
			keepAtMostOne(special);
		}
	}
}

function keepAtMostOne(special: Element): void {
	const others = [...(special.parentElement?.children ?? [])].filter((value) => value !== special);
	if (others.some((value) => !value.hasAttribute('form') && !value.textContent?.startsWith(GUIDANCE))) {
		special.remove();
	} else {
		special.removeAttribute('form');
	}
}
