import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { question, repeat } from '../../engine/opened_for_tests.ts';
import { language } from '../../words/say.ts';
import xml from './forms/pages.xml?raw';
import {
	card,
	choose,
	field,
	heading,
	leaveField,
	mounted,
	onScreen,
	press,
	settled,
	type,
} from './mounted_for_tests.ts';

window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

let unmount: () => void = () => undefined;

type Given = Parameters<typeof mounted> extends [string, ...infer Rest] ? Rest : never;

async function opened(...given: Given) {
	const screen = await mounted(xml, ...given);
	unmount = () => screen.app.unmount();
	return screen;
}

/** The first page filled, so that the others are asked. */
async function visited(...given: Given) {
	const screen = await opened(...given);
	await type('第几次上门', '1');
	await leaveField('第几次上门');
	await choose('到访结果', '完成访问');
	return screen;
}

beforeEach(() => {
	language.value = 'zh';
});

afterEach(() => {
	unmount();
	language.value = 'zh';
});

test('a question that becomes relevant appears below, and nothing else is drawn anew', async () => {
	await opened();
	const before = card('到访结果');
	expect(heading()).toBe('到访情况');
	expect(card('没有访成的原因')).toBeNull();
	await choose('到访结果', '未访到');
	expect(card('没有访成的原因')).not.toBeNull();
	expect(card('到访结果')).toBe(before);
	await choose('到访结果', '完成访问');
	expect(card('没有访成的原因')).toBeNull();
});

test('one goes through the pages: notes one by one, rows that the form counts as pages', async () => {
	await visited();
	await press('下一步');
	expect(onScreen()).toContain('第一段');
	expect(onScreen()).not.toContain('第二段');
	await press('下一步');
	expect(onScreen()).toContain('第二段');
	await press('下一步');
	expect(heading()).toBe('入户访问');
	await choose('您同意吗', '是');
	await press('下一步');
	expect(document.activeElement?.textContent).toContain('家庭成员 1');
	await press('下一步');
	expect(heading()).toBe('吃穿');
	await press('下一步');
	expect(card('备注')).not.toBeNull();
	await press('下一步');
	expect(heading()).toBe('逐项询问 1');
	await press('下一步');
	expect(heading()).toBe('逐项询问 2');
	await press('上一步');
	await press('下一步');
	await press('去完成');
	expect(heading()).toBe('检查并完成');
});

test('what is shown has a name that changes with every step, and not while one is held', async () => {
	const shown = () => document.querySelector('main')?.dataset.page;
	await visited();
	const first = shown();
	await press('下一步');
	const second = shown();
	expect([first, second]).toEqual([expect.stringMatching(/^page-/), expect.stringMatching(/^page-/)]);
	expect(second).not.toBe(first);
	await press('上一步');
	expect(shown()).toBe(first);
	await type('第几次上门', '12');
	await press('下一步');
	expect(shown()).toBe(first);
	await press('目录');
	expect(shown()).toBe('overview');
});

test('what the form objects to is told when the question was left, and never while typing', async () => {
	await opened();
	await type('第几次上门', '12');
	await new Promise((resolve) => setTimeout(resolve, 700));
	await settled();
	expect(card('第几次上门')?.querySelector('[role=alert]')).toBeNull();
	await leaveField('第几次上门');
	expect(card('第几次上门')?.querySelector('[role=alert]')?.textContent).toBe('次数应为 1 至 9');
	expect(field('第几次上门').getAttribute('aria-invalid')).toBe('true');
	await type('第几次上门', '3');
	await leaveField('第几次上门');
	expect(card('第几次上门')?.querySelector('[role=alert]')).toBeNull();
});

test('closing the keyboard leaves the question as well', async () => {
	await opened();
	await type('第几次上门', '12');
	field('第几次上门').blur();
	await settled();
	expect(card('第几次上门')?.querySelector('[role=alert]')?.textContent).toBe('次数应为 1 至 9');
});

test('what is no number is told at once, and what was kept stays', async () => {
	const { session } = await opened();
	await type('第几次上门', '2');
	await leaveField('第几次上门');
	await type('第几次上门', '2x');
	expect(card('第几次上门')?.textContent).toContain('“2x”不是数字');
	expect(card('第几次上门')?.textContent).toContain('存着的仍是“2”');
	await leaveField('第几次上门');
	expect(question(session, 'attempt').answer).toBe('2');
	expect(field('第几次上门').value).toBe('2x');
});

test('going on past a required question holds once, shows it, and lets one go on then', async () => {
	const { recorder } = await visited();
	await type('第几次上门', '12');
	await press('下一步');
	expect(heading()).toBe('到访情况');
	expect(document.querySelector('.form-footer [role=alert]')?.textContent).toContain('本页有 1 题');
	expect(recorder.events().map(({ event }) => event)).toContain('constraint error');
	await press('下一步');
	expect(onScreen()).toContain('第一段');
});

test('a household member is added, filled, summed up in the list, and taken away when asked twice', async () => {
	const { session, recorder } = await visited();
	for (const words of ['目录', '入户访问']) {
		await press(words);
	}
	await press('下一步');
	await press('下一步');
	const before = repeat(session, 'member').rows.length;
	await press('加一个');
	expect(heading()).toBe(`家庭成员 ${before + 1}`);
	await choose('与户主的关系', '配偶');
	await type('出生年份', '1980');
	await press('回到列表');
	expect(repeat(session, 'member').rows).toHaveLength(before + 1);
	expect(onScreen()).toContain('配偶 · 1980');
	await press(`家庭成员 ${before + 1}`);
	await press('删去');
	expect(repeat(session, 'member').rows).toHaveLength(before + 1);
	const yes = [...document.querySelectorAll('[role=alertdialog] button')].at(-1) as HTMLButtonElement;
	yes.click();
	await settled();
	expect(repeat(session, 'member').rows).toHaveLength(before);
	expect(recorder.events().map(({ event }) => event)).toEqual(expect.arrayContaining(['add repeat', 'delete repeat']));
});

test('the end lists what is missing with the way there, and only a form without objections is finished', async () => {
	const { emitted } = await visited();
	await press('目录');
	await press('去完成');
	expect(onScreen()).toContain('示例户 001');
	await press('完成');
	expect(emitted).toEqual([]);
	await press('您同意吗');
	expect(card('您同意吗')?.querySelector('[role=alert]')?.textContent).toContain('必须答');
	await choose('您同意吗', '否');
	expect(card('您同意吗')?.querySelector('[role=alert]')?.textContent).toBe('不同意时请停止访问');
	await choose('您同意吗', '是');
	const relation = (): HTMLButtonElement | undefined =>
		[...document.querySelectorAll('button')].find((button) => button.textContent?.includes('与户主的关系'));
	await press('目录');
	await press('去完成');
	while (relation() !== undefined) {
		relation()?.click();
		await settled();
		await choose('与户主的关系', '户主');
		await press('目录');
		await press('去完成');
	}
	expect(onScreen()).toContain('没有要改的了');
	document.querySelector<HTMLButtonElement>('.form-footer .on')?.click();
	await settled();
	expect(emitted).toEqual(['finished']);
});

test('comments of the supervisor stand at the top and at the question, with a tick when the answer was changed', async () => {
	await visited([
		{ path: '/data/visit/attempt', question: '第几次上门', words: '请核对次数' },
		{ path: '/data/interview/living/food', question: '吃得饱吗', words: '与照片不符' },
		{ path: '', question: '', words: '其余都好' },
	]);
	expect(onScreen()).toContain('督导请您改这几处（3）');
	expect(card('第几次上门')?.textContent).toContain('答案已改');
	await press('与照片不符');
	expect(heading()).toBe('吃穿');
	expect(card('吃得饱吗')?.textContent).toContain('督导的意见与照片不符');
	await choose('吃得饱吗', '是');
	expect(card('吃得饱吗')?.textContent).toContain('答案已改');
});

test('已保存 is said only when what was typed has become an answer and the answer is written', async () => {
	let written = (): void => undefined;
	const { saver } = await opened([], () => new Promise((resolve) => (written = () => resolve())));
	const state = () => document.querySelector('.saving-state')?.textContent;
	expect(state()).toBe('暂无改动');
	await type('第几次上门', '2');
	expect(state()).toBe('填写中');
	await leaveField('第几次上门');
	expect(state()).toBe('保存中');
	const flushed = saver.flush();
	await settled();
	expect(state()).toBe('保存中');
	written();
	await flushed;
	await settled();
	expect(state()).toBe('已保存');
});

test('a page that is hidden takes what was typed, and leaving as well', async () => {
	const { session, emitted } = await opened();
	await type('第几次上门', '4');
	window.dispatchEvent(new Event('pagehide'));
	expect(question(session, 'attempt').answer).toBe('4');
	await type('第几次上门', '5');
	document.querySelector<HTMLButtonElement>('.out')?.click();
	expect(question(session, 'attempt').answer).toBe('5');
	await settled();
	expect(emitted).toEqual(['left']);
});

test('the form speaks the language of the application', async () => {
	await opened();
	language.value = 'en';
	await settled();
	expect(heading()).toBe('The visit');
	expect(card('Which visit')).not.toBeNull();
});

test('the log tells pages, the overview and the end as Collect does', async () => {
	const { recorder } = await visited();
	await press('目录');
	await press('去完成');
	const events = recorder.events().map(({ event, node }) => [event, node]);
	expect(events).toEqual(
		expect.arrayContaining([
			['group questions', '/data/visit'],
			['question', '/data/visit/outcome'],
			['jump', ''],
			['end screen', ''],
		]),
	);
});

test('a draft is gone on with where it was left', async () => {
	const { app, session, recorder } = await visited();
	await press('目录');
	await press('吃穿');
	await choose('吃得饱吗', '是');
	const draft = { xml: session.xml(), audit: recorder.events() };
	app.unmount();
	await opened([], undefined, draft);
	expect(heading()).toBe('吃穿');
});

test('what cannot be saved is told with the reason, and tried again', async () => {
	let full = true;
	await opened([], () => (full ? Promise.reject(new DOMException('', 'QuotaExceededError')) : Promise.resolve()));
	await choose('到访结果', '完成访问');
	await vi.waitFor(() => expect(document.querySelector('.saving-state')?.textContent).toBe('未保存'));
	expect(document.querySelector('main .banner.bad')?.textContent?.length).toBeGreaterThan(10);
	full = false;
	await press('再存一次');
	await vi.waitFor(() => expect(document.querySelector('.saving-state')?.textContent).toBe('已保存'));
	expect(document.querySelector('main .banner.bad')).toBeNull();
});
