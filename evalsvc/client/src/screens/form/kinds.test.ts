import { afterEach, beforeEach, expect, test } from 'vitest';

import xml from '../../controls/forms/kinds.xml?raw';
import { question } from '../../engine/opened_for_tests.ts';
import {
	card,
	choose,
	field,
	leaveField,
	mounted,
	onScreen,
	press,
	settled,
	type,
	type Mounted,
} from './mounted_for_tests.ts';

window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
// jsdom has no dialogs.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
	this.open = true;
};

let screen: Mounted;

beforeEach(async () => {
	screen = await mounted(xml);
});

afterEach(() => screen.app.unmount());

function answer(name: string) {
	return question(screen.session, name).answer;
}

async function change(label: string, value: string, index = 0): Promise<void> {
	const fields = card(label)?.querySelectorAll<HTMLInputElement>('.control input, .control select') ?? [];
	const one = fields[index] as HTMLInputElement;
	one.value = value;
	one.dispatchEvent(new Event('input', { bubbles: true }));
	one.dispatchEvent(new Event('change', { bubbles: true }));
	await settled();
}

async function pressIn(label: string, words: string): Promise<void> {
	const buttons = [...(card(label)?.querySelectorAll('button') ?? [])];
	const found = buttons.find((button) =>
		(button.getAttribute('aria-label') ?? button.textContent ?? '').includes(words),
	);
	found?.click();
	await settled();
}

test('labels come with their emphasis as elements, hints, and guidance behind a tap', () => {
	expect(card('文字')?.querySelector('.words strong')?.textContent).toBe('粗体');
	expect(card('文字')?.querySelector('.hint')?.textContent).toBe('提示');
	expect(card('文字')?.querySelector('details')?.textContent).toContain('展开才看得到的说明');
	expect(card('文字')?.querySelector('details')?.open).toBe(false);
});

test('every control is bound to its label, and a required question says so', () => {
	for (const label of ['文字', '几行文字', '金额', '面积', '哪一天', '几点', '打几分', '已经念过']) {
		expect(card(label)?.querySelector('label.words')?.getAttribute('for'), label).toBe(field(label).id);
	}
	for (const label of ['选一个', '选几个', '排个次序', '长名单']) {
		expect(card(label)?.tagName, label).toBe('FIELDSET');
		expect(card(label)?.querySelector('legend.words'), label).not.toBeNull();
	}
	expect(card('选一个')?.querySelector('legend')?.textContent).toContain('必答');
	expect(card('满意吗')?.querySelector('legend')?.textContent).not.toContain('必答');
});

test('numbers are asked with the right keys, and amounts are shown with their thousands', async () => {
	expect(field('金额').inputMode).toBe('numeric');
	expect(field('面积').inputMode).toBe('decimal');
	expect(field('数字组成的文字').inputMode).toBe('numeric');
	await type('金额', '1234567');
	expect(card('金额')?.querySelector('output')?.textContent).toBe('1,234,567');
	await leaveField('金额');
	expect(answer('money')).toBe('1234567');
	await type('面积', '120.5');
	await leaveField('面积');
	expect(card('面积')?.querySelector('.objection')?.textContent).toBe('面积应小于 100');
});

test('half a number does not take the place of the one that is there, however long the pause', async () => {
	await type('金额', '10');
	await leaveField('金额');
	await type('金额', '1');
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(answer('money')).toBe('10');
	await leaveField('金额');
	expect(answer('money')).toBe('1');
});

test('words are kept after a pause, and not while a character is being composed', async () => {
	await type('文字', '示例');
	const input = field('文字');
	input.value = '示例 ren';
	input.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }));
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(answer('words')).toBeNull();
	input.value = '示例人';
	input.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(answer('words')).toBe('示例人');
});

test('days, months, years and times are kept as ISO 8601, and taken away again', async () => {
	await change('哪一天', '2026-11-23');
	await change('几点', '08:30');
	await change('什么时候', '2026-11-23T08:30');
	await change('哪一月', '2026');
	expect(answer('month')).toBeNull();
	await change('哪一月', '3', 1);
	await change('哪一年', '1998');
	expect([answer('day'), answer('month'), answer('year')]).toEqual(['2026-11-23', '2026-03-01', '1998-01-01']);
	expect(answer('clock')).toMatch(/^08:30:00\.000[+-Z]/);
	expect(answer('moment')).toMatch(/^2026-11-23T08:30:00\.000/);
	await pressIn('哪一天', '清除');
	expect(answer('day')).toBeNull();
	await change('哪一年', '98');
	expect(card('哪一年')?.textContent).toContain('四位数字');
	expect(answer('year')).toBeNull();
});

test('choices are chosen in rows, scales and sheets with a search', async () => {
	await choose('选一个', '一般');
	await choose('满意吗', '比较满意');
	expect([answer('one'), answer('likert')]).toEqual(['3', '4']);
	await pressIn('长名单', '请选择');
	const search = card('长名单')?.querySelector<HTMLInputElement>('dialog input[type=search]') as HTMLInputElement;
	search.value = 'nowhere';
	search.dispatchEvent(new Event('input', { bubbles: true }));
	await settled();
	expect(card('长名单')?.textContent).toContain('没有找到');
	search.value = '村17';
	search.dispatchEvent(new Event('input', { bubbles: true }));
	await settled();
	await choose('长名单', '示例村17');
	expect(answer('town')).toBe('t17');
	expect(card('长名单')?.querySelector('dialog')).toBeNull();
	expect(card('长名单')?.querySelector('button')?.textContent).toContain('示例村17');
});

test('several choices exclude each other only where the form says so, and at once', async () => {
	await choose('选几个', '肉');
	expect(card('选几个')?.querySelector('.objection')).toBeNull();
	await choose('选几个', '都没有');
	expect(answer('several')).toEqual(['meat', 'none']);
	expect(card('选几个')?.querySelector('.objection')?.textContent).toBe('选了“都没有”就不能再选其他');
	await choose('选几个', '肉');
	expect(answer('several')).toEqual(['none']);
});

test('an order is an answer once somebody made it one, and buttons change it', async () => {
	expect(answer('order')).toBeNull();
	await pressIn('排个次序', '就按这个次序');
	expect(answer('order')).toEqual(['meat', 'eggs', 'milk', 'none']);
	await pressIn('排个次序', '“奶”上移');
	expect(answer('order')).toEqual(['meat', 'milk', 'eggs', 'none']);
	expect((document.activeElement as HTMLElement).getAttribute('aria-label')).toBe('“奶”上移');
	await pressIn('排个次序', '清除');
	expect(answer('order')).toBeNull();
});

test('a range is unanswered until it is touched', async () => {
	expect(card('打几分')?.querySelector('output')?.textContent).toBe('—');
	await pressIn('打几分', '增加');
	expect(answer('score')).toBe('5');
	await pressIn('打几分', '增加');
	expect(answer('score')).toBe('5.5');
	await pressIn('打几分', '清除');
	expect(answer('score')).toBeNull();
	await change('挑几分', '4');
	expect(answer('picked')).toBe('4');
});

test('what was read is marked, and what cannot be changed is shown as words', async () => {
	field('已经念过').click();
	await settled();
	expect(answer('done')).not.toBeNull();
	expect(card('改不了的')?.querySelector('output')?.textContent?.trim()).toBe('ABC');
	expect(card('改不了的')?.querySelector('input')).toBeNull();
});

test('a table is read as rows, without its empty head', async () => {
	await press('下一步');
	await press('下一步');
	expect(onScreen()).toContain('一张表');
	expect([...document.querySelectorAll('.question')].every((each) => each.textContent?.trim() !== '')).toBe(true);
	await choose('屋顶', '是');
	await choose('墙体', '否');
	expect([answer('roof'), answer('walls')]).toEqual(['yes', 'no']);
});
