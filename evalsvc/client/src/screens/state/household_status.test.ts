import { describe, expect, it } from 'vitest';

import type { InterviewSummary, ReturnedInterview, Task } from '../../model.ts';
import { householdsOf, openReturns, receivedElsewhere, type Household } from './household_status.ts';
import { interview, returned, task } from './samples.ts';

function household(one: Task, interviews: InterviewSummary[] = [], back: ReturnedInterview[] = []): Household {
	const [found] = householdsOf([one], interviews, back, () => null);
	if (found === undefined) {
		throw new Error('no household');
	}
	return found;
}

describe('status of a household', () => {
	it('is open while nobody was there', () => {
		expect(household(task()).status).toBe('open');
	});

	it('follows the interview on this phone', () => {
		expect(household(task(), [interview()]).status).toBe('draft');
		expect(household(task(), [interview({ state: 'finished' })]).status).toBe('finished');
		expect(household(task({ received: 1 }), [interview({ state: 'sent' })]).status).toBe('sent');
	});

	it('tells what was done elsewhere, and an outcome without an interview', () => {
		expect(household(task({ received: 1, disposition: 'completed' })).status).toBe('elsewhere');
		expect(household(task({ disposition: 'refused' })).status).toBe('done');
	});

	it('is returned until a correction is begun, and again while the draft is thrown away', () => {
		const sent = interview({ state: 'sent' });
		expect(household(task({ received: 1 }), [sent], [returned()]).status).toBe('returned');
		const correction = interview({ id: 'i-2', instanceId: 'uuid:2', corrects: 'uuid:1' });
		expect(household(task({ received: 1 }), [sent, correction], [returned()]).status).toBe('draft');
	});

	it('is finished when the correction is, although the service still lists the old one', () => {
		const correction = interview({ id: 'i-2', instanceId: 'uuid:2', corrects: 'uuid:1', state: 'finished' });
		expect(household(task({ received: 1 }), [correction], [returned()]).status).toBe('finished');
		expect(openReturns([returned()], [correction])).toEqual([]);
	});

	it('does not take the interview of another household for its own', () => {
		expect(household(task(), [interview({ assignmentId: 'a-002', unitId: '002' })]).status).toBe('open');
	});
});

describe('interviews received elsewhere', () => {
	it('are those that this phone did not send', () => {
		expect(receivedElsewhere(household(task({ received: 1 })))).toBe(1);
		expect(receivedElsewhere(household(task({ received: 1 }), [interview({ state: 'sent' })]))).toBe(0);
		expect(receivedElsewhere(household(task({ received: 2 }), [interview({ state: 'sent' })]))).toBe(1);
	});

	it('do not count what was returned to this enumerator, nor a correction', () => {
		expect(receivedElsewhere(household(task({ received: 1 }), [], [returned()]))).toBe(0);
		const sent = [interview({ state: 'sent' }), interview({ id: 'i-2', state: 'sent', corrects: 'uuid:1' })];
		expect(receivedElsewhere(household(task({ received: 1 }), sent))).toBe(0);
	});
});
