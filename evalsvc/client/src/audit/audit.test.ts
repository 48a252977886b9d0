import { expect, test } from 'vitest';

import { AuditRecorder } from './recorder.ts';
import { toCsv } from './csv.ts';

const START = 1_772_418_600_000;

/** A phone whose clocks a test sets. */
class SetClock {
	private passed = 5000;
	private offset = START - 5000;

	wall(): number {
		return this.passed + this.offset;
	}

	steady(): number {
		return this.passed;
	}

	pass(milliseconds: number): void {
		this.passed += milliseconds;
	}

	/** Somebody sets the clock, or it slept. */
	jump(milliseconds: number): void {
		this.offset += milliseconds;
	}
}

function csvOf(recorder: AuditRecorder, trackChanges = true): string[] {
	return toCsv(recorder.events(), { trackChanges }).replaceAll(String(START).slice(0, 7), '').split('\n');
}

test('a session is written line by line', () => {
	const clock = new SetClock();
	const recorder = new AuditRecorder(clock);
	recorder.event('form start');
	clock.pass(10);
	recorder.entered('/data/name');
	recorder.entered('/data/name');
	clock.pass(1000);
	recorder.changed('/data/name', '', '示例人');
	recorder.changed('/data/name', '示例人', '示例人甲, "老"');
	clock.pass(500);
	recorder.left('/data/name');
	recorder.entered('/data/age');
	recorder.event('constraint error', '/data/age');
	recorder.changed('/data/age', '41', '200');
	recorder.changed('/data/age', '200', '41');
	clock.pass(5);
	recorder.left('/data/age');
	recorder.entered('/data/member[1]', 'group questions');
	clock.pass(7);
	recorder.changed('/data/member[1]/m_name', '', '示例人乙');
	recorder.changed('/data/member[1]/m_age', '3', '4');
	recorder.changed('/data/member[1]/m_age', '4', '3');
	clock.pass(3);
	recorder.left('/data/member[1]');
	recorder.event('delete repeat', '/data/member[2]');
	recorder.entered('/data/member[2]', 'add repeat');
	recorder.left('/data/member[2]');
	recorder.entered('', 'end screen');
	recorder.event('form save');
	clock.pass(1);
	recorder.event('form exit');
	recorder.event('form finalize');
	expect(csvOf(recorder)).toEqual([
		'event,node,start,end,old-value,new-value',
		'form start,,600000,,,',
		'question,/data/name,600010,601510,,"示例人甲, ""老"""',
		'question,/data/age,601510,601515,,',
		'constraint error,/data/age,601510,,,',
		'group questions,/data/member[1],601515,601525,,',
		'question,/data/member[1]/m_name,601515,601525,,示例人乙',
		'delete repeat,/data/member[2],601525,,,',
		'add repeat,/data/member[2],601525,601525,,',
		'end screen,,601525,601526,,',
		'form save,,601525,,,',
		'form exit,,601526,,,',
		'form finalize,,601526,,,',
		'',
	]);
	const without = csvOf(recorder, false);
	expect(without[0]).toBe('event,node,start,end');
	expect(without).toHaveLength(13);
	expect(without.join()).not.toContain('示例人');
});

test('setting the clock of the phone moves no row, and is told once', () => {
	const clock = new SetClock();
	const recorder = new AuditRecorder(clock);
	recorder.event('form start');
	recorder.entered('/data/name');
	clock.jump(-86_400_000);
	clock.pass(4000);
	recorder.left('/data/name');
	clock.jump(500);
	recorder.event('form save');
	expect(
		recorder.events().map(({ event, start, end }) => [event, start - START, end === null ? null : end - START]),
	).toEqual([
		['form start', 0, null],
		['question', 0, 4000],
		['clock offset', 4000, 4000 - 86_400_000],
		['form save', 4000, null],
	]);
});

test('a log goes on where a killed session left it, and never back in time', () => {
	const clock = new SetClock();
	const first = new AuditRecorder(clock);
	first.event('form start');
	clock.pass(2000);
	first.entered('/data/name');
	first.changed('/data/name', '', '示例人甲');
	const killed = first.events();
	expect(killed.at(-1)).toMatchObject({ event: 'question', end: null, newValue: '示例人甲' });
	clock.jump(-60_000);
	const second = AuditRecorder.resumed(killed, clock);
	second.event('form resume');
	clock.pass(100);
	second.entered('/data/name');
	second.event('form exit');
	expect(second.events().slice(0, 2)).toEqual(killed);
	expect(
		second
			.events()
			.slice(2)
			.map(({ event, start, end }) => [event, start - START, end === null ? null : end - START]),
	).toEqual([
		['clock offset', 2000, -58_000],
		['form resume', 2000, null],
		['question', 2100, 2100],
		['form exit', 2100, null],
	]);
});

test('a change outside of what is shown is a row of its own', () => {
	const recorder = new AuditRecorder(new SetClock());
	recorder.changed('/data/name', 'a', 'b');
	recorder.changed('/data/name', 'b', 'b');
	recorder.left('/data/other');
	expect(csvOf(recorder).slice(1)).toEqual(['question,/data/name,600000,,a,b', '']);
});
