import { beforeEach, describe, expect, it } from 'vitest';

import { catalogue } from './catalogue.ts';
import { inLanguage, language, say, tell } from './say.ts';
import { dayAndTime } from './times.ts';

beforeEach(() => {
	language.value = 'zh';
});

describe('say', () => {
	it('speaks Chinese first and English where it was chosen, which is kept', () => {
		expect(say('phone.place.households')).toBe('任务');
		language.value = 'en';
		expect(say('phone.place.households')).toBe('Tasks');
		expect(localStorage.getItem('evalsvc-language')).toBe('en');
	});

	it('fills places, and marks those that nobody filled', () => {
		expect(say('phone.words.said', { sentence: '甲。', said: '乙。' })).toBe('甲。服务器说明：乙。');
		expect(say('phone.words.said', { sentence: '甲。' })).toContain('—');
	});

	it('refuses a code without words in tests', () => {
		expect(() => say('phone.nothing.such')).toThrow('no words for phone.nothing.such');
	});
});

it('tells a trouble with what the service said', () => {
	const trouble = { code: 'phone.place.outbox', details: {}, said: null };
	expect(tell(trouble)).toBe('待发送');
	expect(tell({ ...trouble, said: '问卷已停用。' })).toBe('待发送服务器说明：问卷已停用。');
});

it('chooses a language of texts, and takes the Chinese one where the other is missing', () => {
	language.value = 'en';
	expect(inLanguage({ zh: '户主', en: 'Head' })).toBe('Head');
	expect(inLanguage({ zh: '户主', en: '' })).toBe('户主');
});

it('has both sentences of every code, with the same places, and no code from elsewhere', () => {
	const places = (text: string) =>
		[...text.matchAll(/%\((\w+)\)s/g)].map((match) => match[1]?.replace(/_en$/, '')).sort();
	for (const [code, { zh, en }] of catalogue) {
		expect(code).toMatch(/^phone\.[a-z0-9_.]+$/);
		expect(places(zh), code).toEqual(places(en));
	}
	expect(catalogue.size).toBeGreaterThan(0);
});

describe('dayAndTime', () => {
	it('writes day and time without the year of today', () => {
		const now = new Date();
		now.setHours(9, 5, 0, 0);
		expect(dayAndTime(now.toISOString(), 'zh')).toMatch(/^\d+月\d+日 09:05$/);
	});

	it('adds another year, and leaves alone what is no time', () => {
		expect(dayAndTime('2019-03-04T12:00:00Z', 'zh')).toContain('2019年3月4日');
		expect(dayAndTime('soon', 'zh')).toBe('soon');
	});
});
