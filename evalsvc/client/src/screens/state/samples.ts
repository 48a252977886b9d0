/** Invented households and interviews for the tests of this room. */
import type { InterviewSummary, ReturnedInterview, Task } from '../../model.ts';

export function task(given: Partial<Task> = {}): Task {
	return {
		assignment_id: `a-${given.unit_id ?? '001'}`,
		unit_id: '001',
		county: '示例县',
		village: '示例一村',
		stratum: '脱贫户',
		form_id: 'household',
		version: '2026.4',
		unannounced: null,
		disposition: null,
		received: 0,
		position: null,
		prior: [],
		filled: {},
		...given,
	};
}

export function interview(given: Partial<InterviewSummary> = {}): InterviewSummary {
	return {
		id: 'i-1',
		state: 'draft',
		instanceId: 'uuid:1',
		formId: 'household',
		version: '2026.4',
		unitId: '001',
		assignmentId: 'a-001',
		corrects: null,
		startedAt: '2026-11-23T01:00:00Z',
		savedAt: '2026-11-23T02:00:00Z',
		fileNames: [],
		bytes: 10_000,
		trouble: null,
		receivedAt: null,
		...given,
	};
}

export function returned(given: Partial<ReturnedInterview> = {}): ReturnedInterview {
	return {
		instance_id: 'uuid:1',
		root_instance_id: 'uuid:1',
		form_id: 'household',
		version: '2026.4',
		about: 'household',
		unit_id: '001',
		sha256: '0'.repeat(64),
		returned_at: '2026-11-23T03:00:00Z',
		words: '请核对人数。',
		comments: [],
		complaints: [],
		url: 'https://survey.example/returned/1',
		files: [],
		...given,
	};
}
