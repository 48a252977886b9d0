/** What is still on its way to become an answer when the form is finished, left or locked: it is waited for. */
import { ref, watch, type Ref } from 'vue';

import type { Pending } from '../../controls/pending.ts';
import { showTop } from './showing.ts';
import type { Way } from './way.ts';

export interface Settling {
	/** Somebody finishes, leaves or locks, and a file is waited for. */
	readonly settling: Readonly<Ref<boolean>>;
	/** A file that was waited for failed, and its question, which tells why, may not be on the screen. */
	readonly unprepared: Readonly<Ref<boolean>>;
	/** Wait until everything that was typed, taken or chosen is an answer; false where some of it is none. */
	settled(): Promise<boolean>;
}

/** Wait for what is under way in a form; what fails is told until somebody goes on. */
export function useSettling(pending: Pending, way: Way): Settling {
	const [settling, unprepared] = [ref(false), ref(false)];
	watch([way.panel, way.page, way.rows], () => (unprepared.value = false));

	async function settled(): Promise<boolean> {
		pending.flush();
		settling.value = pending.underWay.value;
		unprepared.value = !(await pending.settled());
		settling.value = false;
		if (unprepared.value) {
			void showTop();
		}
		return !unprepared.value;
	}

	return { settling, unprepared, settled };
}
