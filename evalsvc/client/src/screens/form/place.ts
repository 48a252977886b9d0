/** Where one was in a form: the log names the pages that were shown and the questions that were changed. */
import type { AuditEvent } from '../../model.ts';
import type { Page } from './pages.ts';

/** A page of one question is that question; another one is the group that its questions are in. */
export function pathOf({ nodes, owner }: Page): string {
	const first = nodes[0]?.path ?? '';
	return nodes.length === 1 ? first : (owner.node?.path ?? first.replace(/\/[^/]*$/, ''));
}

/** The page that a draft was left on; null for a new interview. */
export function placeIn(events: readonly AuditEvent[], pages: readonly Page[]): Page | null {
	const shown = events.filter(({ event }) => event === 'question' || event === 'group questions');
	for (const { node } of shown.reverse()) {
		const page =
			pages.find((each) => each.nodes.some(({ path }) => isWithin(path, node))) ??
			pages.find((each) => pathOf(each) === node);
		if (page !== undefined) {
			return page;
		}
	}
	return null;
}

function isWithin(path: string, node: string): boolean {
	return node === path || node.startsWith(`${path}/`) || node.startsWith(`${path}[`);
}
