import { describe, expect, it } from 'vitest';

import features from '../../engine/forms/features.xml?raw';
import { openForm } from '../../engine/form.ts';
import { DEVICE, question as engineQuestion, stored } from '../../engine/opened_for_tests.ts';
import { draw, exampleQuestion, press, text, type } from './example_question.ts';
import PositionControl from './PositionControl.vue';
import TraceControl from './TraceControl.vue';

const HOME = { latitude: 30.5, longitude: 114, metres: 1000 };
const at = (latitude: number, accuracy: number | null) => ({ latitude, longitude: 114, altitude: null, accuracy });

describe('PositionControl', () => {
	it('shows where, how exact, and how far from the household', () => {
		draw(PositionControl, exampleQuestion('position', { answer: at(30.501, 8) }), HOME);
		expect(text()).toContain('30.50100, 114.00000');
		expect(text()).toContain('8 米');
		expect(text()).toContain('离登记位置111 米');
		expect(document.querySelectorAll('.banner')).toHaveLength(0);
	});

	it('asks to check the household where the position is far from it, and takes it all the same', () => {
		const question = exampleQuestion('position', { answer: at(30.52, 8) });
		draw(PositionControl, question, HOME);
		expect(text()).toContain('登记位置 2224 米（超过 1000 米）');
		expect(question.answer).toEqual(at(30.52, 8));
	});

	it('says nothing of a household whose place nobody knows', () => {
		draw(PositionControl, exampleQuestion('position', { answer: at(30.52, 8) }), null);
		expect(text()).not.toContain('登记位置');
	});

	it('warns of what is not exact enough, at the metres that the form gives', () => {
		const question = exampleQuestion('position', { answer: at(30.5, 60), parameters: { 'warning-accuracy': '50' } });
		draw(PositionControl, question);
		expect(text()).toContain('精度只有 60 米，比要求的 50 米差');
		draw(PositionControl, exampleQuestion('position', { answer: at(30.5, 60) }));
		expect(text()).not.toContain('精度只有');
	});

	it('tells a position that may be simulated', () => {
		draw(PositionControl, exampleQuestion('position', { answer: at(30.5, 0) }));
		expect(text()).toContain('模拟位置');
	});

	it('is typed where the form allows it or nothing else works, and refuses what is no position', async () => {
		const question = exampleQuestion('position');
		draw(PositionControl, question);
		expect(text()).not.toContain('手工填写经纬度');
		await press('开始定位');
		expect(text(), 'this document is not secure').toContain('https');
		await press('手工填写经纬度');
		await type(0, '95');
		await type(1, '114');
		await press('采用填写的位置');
		expect(text()).toContain('填的不是经纬度');
		expect(question.answer).toBeNull();
		await type(0, '30.5');
		await press('采用填写的位置');
		expect(question.answer).toEqual(at(30.5, null));
		expect(text(), 'the failure is over').not.toContain('https');
	});

	it('offers typing at once with the appearance manual', () => {
		draw(PositionControl, exampleQuestion('position', { appearances: new Set(['manual']) }));
		expect(text()).toContain('手工填写经纬度');
	});

	it('asks twice before it takes a position away', async () => {
		const question = exampleQuestion('position', { answer: at(30.5, 8) });
		draw(PositionControl, question);
		await press('移除');
		expect(document.activeElement?.textContent).toContain('保留');
		await press('不，保留');
		expect(question.answer).toEqual(at(30.5, 8));
		await press('移除');
		await press('移除');
		expect(question.answer).toBeNull();
	});

	it('changes nothing of a question that is only read', () => {
		draw(PositionControl, exampleQuestion('position', { answer: at(30.5, 8), readonly: true }));
		expect(document.querySelectorAll('button')).toHaveLength(0);
	});
});

describe('TraceControl', () => {
	const LINE = '30.5 114 0 4; 30.5 114.001 0 4; 30.501 114.001 0 4';

	it('counts points, measures, and takes the last one back', async () => {
		const question = exampleQuestion('trace', { answer: LINE });
		draw(TraceControl, question);
		expect(text()).toContain('已有 3 个点，长 207 米');
		await press('去掉最后一点');
		await press('去掉最后一点');
		expect(question.answer).toBe('30.5 114 0 4; 30.5 114.001 0 4');
	});

	/** The engine takes no line of one point: it would be lost at once. */
	it('keeps the first point until the form takes the line', async () => {
		const session = await (
			await openForm(stored(features, { 'villages.csv': 'name,label,town,mayor' }), DEVICE)
		).begin({});
		const question = engineQuestion(session, 'line');
		draw(TraceControl, question);
		await press('加一个点');
		await press('手工填写经纬度');
		await type(0, '30.5');
		await type(1, '114');
		await press('采用填写的位置');
		expect(text()).toContain('已有 1 个点');
		expect(text()).toContain('还差 1 个');
		expect(question.answer).toBeNull();
		await press('加一个点');
		await press('手工填写经纬度');
		await type(0, '30.501');
		await type(1, '114');
		await press('采用填写的位置');
		expect(text()).toContain('已有 2 个点，长 111 米');
		expect(text()).not.toContain('还差');
		expect(session.xml()).toContain('<line>30.5 114.0 0.0 0.0;30.501 114.0 0.0 0.0</line>');
	});

	it('closes an area, and says what it still needs', async () => {
		const question = exampleQuestion('shape', { answer: `${LINE}; 30.5 114 0 4` });
		draw(TraceControl, question);
		expect(text()).toContain('已有 3 个点，周长 354 米');
		await press('去掉最后一点');
		await press('去掉最后一点');
		expect(text()).toContain('还差 1 个');
		expect(question.answer, 'no form takes two corners').toBeNull();
		await press('全部去掉');
		await press('全部去掉');
		expect(question.answer).toBeNull();
	});
});
