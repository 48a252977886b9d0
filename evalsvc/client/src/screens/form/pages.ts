/** A form cut into pages for a phone: what is shown at once, in the order of the form. */
import type { FormNode, Group, Question, Repeat, RepeatRow } from '../../engine/question.ts';

/** What a page belongs to: a group, a row of a repeat that the form counts, or the form itself (null). */
export interface Owner {
	readonly node: Group | RepeatRow | null;
	readonly above: Owner | null;
	/** For a row: the repeat that it is of, and its number from 1. */
	readonly row: { readonly repeat: Repeat; readonly number: number } | null;
}

export interface Page {
	/** The id of its first node: stable while the interview is open. */
	readonly id: string;
	readonly owner: Owner;
	readonly nodes: readonly FormNode[];
	/** Read aloud and nothing else. */
	readonly reading: boolean;
}

/** Pages of one owner that follow each other: one line of the overview. */
export interface Section {
	readonly owner: Owner;
	readonly pages: readonly Page[];
	/** The owner had pages before, with those of its groups between. */
	readonly continued: boolean;
}

const FORM: Owner = { node: null, above: null, row: null };

/**
 * Cut a form into pages. A group with the appearance `field-list` is a page; of another one the groups in it are pages of
 * their own, and the questions between them are gathered.
 */
export function pagesOf(nodes: readonly FormNode[], owner: Owner = FORM): readonly Page[] {
	const pages: Page[] = [];
	let loose: FormNode[] = [];
	const close = (): void => {
		pages.push(...gathered(loose, owner));
		loose = [];
	};
	for (const node of nodes) {
		const own = ownPages(node, owner);
		if (own === null) {
			loose.push(node);
		} else {
			close();
			pages.push(...own);
		}
	}
	close();
	return pages;
}

/** The pages that a node has for itself; null where it is shown among its neighbours. */
function ownPages(node: FormNode, above: Owner): readonly Page[] | null {
	if (node.node === 'group') {
		const owner: Owner = { node, above, row: null };
		if (node.appearances.has('field-list')) {
			return [page(node.children, owner)];
		}
		return node.label === null && !node.children.some(isGroup) ? null : pagesOf(node.children, owner);
	}
	if (node.node === 'repeat' && !node.free && node.rows.some((row) => row.children.some(isGroup))) {
		const ownerOf = (row: RepeatRow, index: number): Owner => ({
			node: row,
			above,
			row: { repeat: node, number: index + 1 },
		});
		return node.rows.flatMap((row, index) => pagesOf(row.children, ownerOf(row, index)));
	}
	return null;
}

/** Loose questions share a page; notes that follow each other are read one by one, each on a page of its own. */
function gathered(nodes: readonly FormNode[], owner: Owner): Page[] {
	const pages: Page[] = [];
	let rest: FormNode[] = [];
	for (const [index, node] of nodes.entries()) {
		if (isNote(node) && (isNote(nodes[index - 1]) || isNote(nodes[index + 1]))) {
			pages.push(...(rest.length > 0 ? [page(rest, owner)] : []), { ...page([node], owner), reading: true });
			rest = [];
		} else {
			rest.push(node);
		}
	}
	return rest.length > 0 ? [...pages, page(rest, owner)] : pages;
}

function page(nodes: readonly FormNode[], owner: Owner): Page {
	return { id: `page-${nodes[0]?.id ?? ''}`, owner, nodes, reading: false };
}

function isGroup(node: FormNode): boolean {
	return node.node === 'group';
}

function isNote(node: FormNode | undefined): boolean {
	return node?.node === 'question' && node.kind === 'note';
}

/** Pages with at least one question that is asked. */
export function relevantPages(pages: readonly Page[]): readonly Page[] {
	return pages.filter((each) => each.nodes.some((node) => node.relevant));
}

export function sectionsOf(pages: readonly Page[]): readonly Section[] {
	const sections: { owner: Owner; pages: Page[]; continued: boolean }[] = [];
	for (const each of pages) {
		const last = sections.at(-1);
		if (last !== undefined && last.owner.node === each.owner.node) {
			last.pages.push(each);
		} else {
			const continued = sections.some(({ owner }) => owner.node === each.owner.node);
			sections.push({ owner: each.owner, pages: [each], continued });
		}
	}
	return sections;
}

/** The title of what a page belongs to, and of what that belongs to; null where the form has no words for it. */
export function titleOf(owner: Owner): { readonly title: string | null; readonly above: string | null } {
	const titles: string[] = [];
	for (let each: Owner | null = owner; each !== null; each = each.above) {
		const title = ownTitle(each);
		if (title !== '' && title !== titles[0]) {
			titles.push(title);
		}
	}
	return { title: titles[0] ?? null, above: titles[1] ?? null };
}

function ownTitle({ node, row }: Owner): string {
	if (row === null) {
		return node?.label?.plain ?? '';
	}
	return rowTitle(row.repeat, row.number);
}

/** The name of a row: that of the repeat, and its number. */
export function rowTitle(repeat: Repeat, number: number): string {
	return `${repeat.label?.plain ?? ''} ${number}`.trim();
}

/** Questions that are asked here, those of rows and groups included, in the order of the form. */
export function questionsIn(nodes: readonly (FormNode | RepeatRow)[]): Question[] {
	return nodes.flatMap((node): Question[] => {
		if (!node.relevant) {
			return [];
		}
		return node.node === 'question' ? [node] : questionsIn(node.node === 'repeat' ? node.rows : node.children);
	});
}
