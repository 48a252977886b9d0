/** The words that people read: the sentence of a stable code in the language that the reader chose. */
import { ref, watch, type Ref } from 'vue';

import type { Localised, Trouble } from '../model.ts';
import { catalogue } from './catalogue.ts';
import { dayAndTime } from './times.ts';

export type LanguageCode = 'zh' | 'en';
export type Details = Readonly<Record<string, string | number>>;

const KEPT_AS = 'evalsvc-language';
const PLACE = /%\((\w+)\)s/g;

/** The language of every sentence; a change is kept on this phone. */
export const language: Ref<LanguageCode> = ref(keptLanguage());
watch(language, keepLanguage, { flush: 'sync' });

/** Return the sentence of a code with its places filled; details whose names end in `_at` are times. */
export function say(code: string, details: Details = {}): string {
	const sentence = catalogue.get(code);
	if (sentence === undefined) {
		return unknown(code);
	}
	return sentence[language.value].replace(PLACE, (_place, name: string) => told(name, details[name]));
}

/** Return what happened and what to do, followed by the service's own sentence where it sent one. */
export function tell(trouble: Trouble): string {
	const sentence = say(trouble.code, trouble.details);
	return trouble.said === null ? sentence : say('phone.words.said', { sentence, said: trouble.said });
}

/** Return a text that has both languages in the reader's. */
export function inLanguage(text: Localised): string {
	return text[language.value] || text.zh;
}

function told(name: string, value: string | number | undefined): string {
	if (value === undefined) {
		return '—';
	}
	return name.endsWith('_at') ? dayAndTime(value, language.value) : String(value);
}

/** A code without words is a mistake of ours: tests fail by it, and on a phone the code is better than nothing. */
function unknown(code: string): string {
	if (import.meta.env.MODE === 'test') {
		throw new Error(`no words for ${code}`);
	}
	return code;
}

function keptLanguage(): LanguageCode {
	try {
		return localStorage.getItem(KEPT_AS) === 'en' ? 'en' : 'zh';
	} catch {
		return 'zh';
	}
}

/** A browser that keeps nothing for this site speaks the chosen language until the page is closed. */
function keepLanguage(chosen: LanguageCode): void {
	try {
		localStorage.setItem(KEPT_AS, chosen);
	} catch {
		// Nothing is lost but the choice.
	}
}
