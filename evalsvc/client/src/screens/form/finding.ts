/** Where a question stands: its page, and the rows that have to be opened to get to it. */
import type { FormNode, Question, Repeat, RepeatRow } from '../../engine/question.ts';
import type { Page } from './pages.ts';

export interface OpenRow {
	readonly repeat: Repeat;
	readonly row: RepeatRow;
}

export interface Whereabouts {
	readonly page: Page;
	readonly rows: readonly OpenRow[];
	readonly question: Question;
}

/** Find a question that is asked by its path; null where the form, as it is answered, does not ask it. */
export function whereIs(pages: readonly Page[], path: string): Whereabouts | null {
	for (const page of pages) {
		const found = below(page.nodes, path, []);
		if (found !== null) {
			return { page, ...found };
		}
	}
	return null;
}

type Found = Omit<Whereabouts, 'page'>;

function below(nodes: readonly FormNode[], path: string, rows: readonly OpenRow[]): Found | null {
	for (const node of nodes) {
		const found = node.relevant ? within(node, path, rows) : null;
		if (found !== null) {
			return found;
		}
	}
	return null;
}

function within(node: FormNode, path: string, rows: readonly OpenRow[]): Found | null {
	if (node.node === 'question') {
		return node.path === path ? { rows, question: node } : null;
	}
	if (node.node === 'group') {
		return below(node.children, path, rows);
	}
	const row = node.rows.find((each) => path.startsWith(`${each.path}/`));
	return row === undefined ? null : below(row.children, path, [...rows, { repeat: node, row }]);
}
