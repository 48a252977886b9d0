/** How far a household is, from what the service said of it and what lies on this phone. */
import type { InterviewSummary, ReturnedInterview, Task } from '../../model.ts';

/** In the order of urgency: what the enumerator still has to do stands first. */
export const STATUSES = ['returned', 'draft', 'open', 'finished', 'sent', 'done', 'elsewhere'] as const;
export type HouseholdStatus = (typeof STATUSES)[number];

const TO_DO: ReadonlySet<HouseholdStatus> = new Set(['returned', 'draft', 'open']);

/** What there is of one household. */
export interface Household {
	readonly task: Task;
	readonly status: HouseholdStatus;
	readonly interviews: readonly InterviewSummary[];
	readonly returned: readonly ReturnedInterview[];
	/** Metres from where the phone is; null where one of the two positions is unknown. */
	readonly metres: number | null;
}

/** Whether the enumerator still has something to do for a household of this status. */
export function isToDo(status: HouseholdStatus): boolean {
	return TO_DO.has(status);
}

/** Put together what there is of each household. `metresTo` measures from the phone's position. */
export function householdsOf(
	tasks: readonly Task[],
	interviews: readonly InterviewSummary[],
	returned: readonly ReturnedInterview[],
	metresTo: (task: Task) => number | null,
): readonly Household[] {
	return tasks.map((task) => {
		const own = interviews.filter((each) => belongsTo(each, task));
		const back = openReturns(returned, interviews).filter((each) => each.unit_id === task.unit_id);
		return { task, interviews: own, returned: back, status: statusOf(task, own, back), metres: metresTo(task) };
	});
}

/** Returned interviews for which no correction is finished or sent yet. */
export function openReturns(
	returned: readonly ReturnedInterview[],
	interviews: readonly InterviewSummary[],
): readonly ReturnedInterview[] {
	const corrected = new Set(interviews.filter((each) => each.state !== 'draft').map((each) => each.corrects));
	return returned.filter((each) => !corrected.has(each.instance_id));
}

/** An interview hangs on the assignment; one that came back from the service knows the household's number only. */
export function belongsTo(interview: InterviewSummary, task: Task): boolean {
	return (
		interview.assignmentId === task.assignment_id || (!interview.assignmentId && interview.unitId === task.unit_id)
	);
}

function statusOf(
	task: Task,
	interviews: readonly InterviewSummary[],
	returned: readonly ReturnedInterview[],
): HouseholdStatus {
	const here = (state: InterviewSummary['state']) => interviews.some((each) => each.state === state);
	if (here('draft')) {
		return 'draft';
	}
	if (returned.length > 0) {
		return 'returned';
	}
	if (here('finished')) {
		return 'finished';
	}
	if (here('sent')) {
		return 'sent';
	}
	if (task.received > 0) {
		return 'elsewhere';
	}
	return task.disposition === null ? 'open' : 'done';
}

/** Interviews that the service has and this phone did not send: somebody may have been there already. */
export function receivedElsewhere(household: Household): number {
	const own = household.interviews.filter((each) => each.state === 'sent' && each.corrects === null).length;
	const back = household.returned.filter(
		(each) => !household.interviews.some((own) => own.instanceId === each.root_instance_id),
	).length;
	return Math.max(0, household.task.received - own - back);
}
