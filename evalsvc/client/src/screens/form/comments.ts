/** What the supervisor wrote about a returned interview, at the questions that it is about. */
import { shallowReactive } from 'vue';

import type { FormSession } from '../../engine/question.ts';
import type { AuditEvent, ReviewComment } from '../../model.ts';

export interface Comments {
	readonly all: readonly ReviewComment[];
	at(path: string): readonly ReviewComment[];
	/** Whether the answer there was changed since the interview came back. */
	done(path: string): boolean;
	/** Comments on questions of a page or row that are still to be dealt with. */
	open(paths: readonly string[]): number;
}

/** Follow the changes of an interview; those of earlier sessions stand in its log. */
export function followComments(
	all: readonly ReviewComment[],
	session: FormSession,
	earlier: readonly AuditEvent[],
): { readonly comments: Comments; readonly stop: () => void } {
	const changed = shallowReactive(new Set(earlier.filter(({ newValue }) => newValue !== null).map(({ node }) => node)));
	const stop = session.onChange(({ path }) => void changed.add(path));
	const at = (path: string): readonly ReviewComment[] =>
		path === '' ? [] : all.filter((comment) => comment.path === path);
	const done = (path: string): boolean => changed.has(path);
	const open = (paths: readonly string[]): number =>
		all.length === 0 ? 0 : paths.filter((path) => at(path).length > 0 && !done(path)).length;
	return { comments: { all, at, done, open }, stop };
}
