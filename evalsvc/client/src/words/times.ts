/** Times as people in the field read them: in the phone's own zone, without seconds. */

const LOCALES = { zh: 'zh-CN', en: 'en-GB' } as const;

/** Write a moment (ISO 8601, or milliseconds since 1970) as day and time; what is no moment stays as it is. */
export function dayAndTime(moment: string | number, language: 'zh' | 'en'): string {
	const date = new Date(moment);
	if (Number.isNaN(date.getTime())) {
		return String(moment);
	}
	return new Intl.DateTimeFormat(LOCALES[language], {
		...(date.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' }),
		month: 'short',
		day: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	}).format(date);
}
