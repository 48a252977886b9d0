/** The end of an interview: nothing that the form objects to, the log beside it, and then it waits to be sent. */
import { AUDIT_FILE, toCsv } from '../audit/csv.ts';
import type { FormSession } from '../engine/question.ts';
import type { AttachedFile } from '../model.ts';
import { bytesOf } from '../vault/bytes.ts';
import type { OpenInterview } from './open_interview.ts';

/**
 * Finish an interview and close it. Gives what the form objects to; where that is anything, nothing was done.
 * Throws what saving does; the interview is then still open, and a draft.
 */
export async function finish(open: OpenInterview): Promise<FormSession['objections']> {
	const objections = await open.during(keep(open));
	if (objections.length === 0) {
		await open.leave();
	}
	return objections;
}

async function keep(open: OpenInterview): Promise<FormSession['objections']> {
	const { session, recorder, saver } = open;
	const { objections } = session;
	if (objections.length > 0) {
		recorder.event('finalize error');
		saver.changed();
		return objections;
	}
	recorder.event('form exit');
	recorder.event('form finalize');
	// A writing of the draft that is under way comes first: it must not write over what is finished. Where nothing was
	// changed, as in a correction, the draft is what brings the files onto the disk.
	saver.changed();
	await saver.flushOrThrow();
	const log = logOf(open);
	await open.keepFinished(session.finish(log?.name ?? null), log);
	return [];
}

function logOf({ session, recorder }: OpenInterview): AttachedFile | null {
	if (session.audit === null) {
		return null;
	}
	return { name: AUDIT_FILE, type: 'text/csv', bytes: bytesOf(toCsv(recorder.events(), session.audit)) };
}
