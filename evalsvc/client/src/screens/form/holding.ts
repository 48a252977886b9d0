/** What the form objects to on the page: told when one goes on, and once in the way; a second step goes on all the same. */
import { computed, ref, shallowReactive, watch, type ComputedRef } from 'vue';

import type { AuditRecorder } from '../../audit/recorder.ts';
import type { Question } from '../../engine/question.ts';
import { showQuestion } from './showing.ts';
import type { Way } from './way.ts';

export interface Holding {
	wasLeft(question: Question): boolean;
	leave(question: Question): void;
	/** Show every objection from here on: somebody wanted to finish. */
	leaveAll(): void;
	/** Objections that hold one on this page; 0 where none does. */
	readonly held: ComputedRef<number>;
	/** Whether one may go on; where not, the first question in the way is shown. */
	mayGoOn(): boolean;
}

/** Follow which questions were left, and hold whoever goes on past one that the form objects to. */
export function useHolding(way: Way, recorder: AuditRecorder): Holding {
	const left = shallowReactive(new Set<string>());
	const all = ref(false);
	const holding = ref(false);
	const held = computed(() => (holding.value ? inTheWay().length : 0));
	watch([way.panel, way.page, way.rows], () => (holding.value = false));

	function inTheWay(): readonly Question[] {
		return way.shown.value.filter((question) => question.objection !== null);
	}

	function mayGoOn(): boolean {
		const objected = inTheWay();
		const [first] = objected;
		if (first === undefined || holding.value) {
			return true;
		}
		objected.forEach((question) => tell(question));
		holding.value = true;
		void showQuestion(first);
		return false;
	}

	function tell(question: Question): void {
		left.add(question.id);
		if (question.objection?.kind === 'constraint') {
			recorder.event('constraint error', question.path);
		}
	}

	return {
		wasLeft: (question) => all.value || left.has(question.id),
		leave: (question) => void left.add(question.id),
		leaveAll: () => (all.value = true),
		held,
		mayGoOn,
	};
}
