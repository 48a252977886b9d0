/** Opens an interview by the way that an address names. */
import { positionNow } from '../../controls/media/position_now.ts';
import * as opening from '../../fieldwork/opening.ts';
import type { OpenInterview } from '../../fieldwork/open_interview.ts';
import type { Task } from '../../model.ts';
import type { Way } from './addresses.ts';
import { returned, tasks } from './field.ts';
import { now } from './person.ts';

/** Open an interview. Throws what the fieldwork says of each way, and `phone.interview.task_gone`. */
export async function openInterview(way: Way): Promise<OpenInterview> {
	const { vault } = now();
	if (way.kind === 'go_on') {
		return opening.goOn(vault, way.id, positionNow);
	}
	if (way.kind === 'correct') {
		const one = found(returned.value.find((each) => each.instance_id === way.instance));
		return opening.correct(vault, one, positionNow);
	}
	if (way.assignment === null) {
		return opening.beginFree(vault, way.form, positionNow);
	}
	return begin(found(tasks.value.find((each) => each.assignment_id === way.assignment)), way.form, way.besides);
}

/** A page that is loaded again goes on with what it had begun. */
async function begin(task: Task, form: opening.FormName, besides: boolean): Promise<OpenInterview> {
	const { vault } = now();
	const [first] = besides ? [] : await opening.unsentOf(vault, task, form.formId);
	return first?.state === 'draft'
		? opening.goOn(vault, first.id, positionNow)
		: opening.begin(vault, task, form, besides, positionNow);
}

function found<T>(one: T | undefined): T {
	if (one === undefined) {
		throw new GoneError();
	}
	return one;
}

/** The address names a household or a returned interview that is no longer this enumerator's. */
class GoneError extends Error {
	readonly trouble = { code: 'phone.interview.task_gone', details: {}, said: null };
}
