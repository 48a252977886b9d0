/** The way through a form: which page, row or list is shown, and where one goes from there. */
import {
	computed,
	nextTick,
	onScopeDispose,
	ref,
	shallowRef,
	watch,
	type ComputedRef,
	type Ref,
	type ShallowRef,
} from 'vue';

import type { AuditRecorder } from '../../audit/recorder.ts';
import type { FormSession, Question, Repeat, RepeatRow } from '../../engine/question.ts';
import { whereIs, type OpenRow } from './finding.ts';
import { pagesOf, questionsIn, relevantPages, type Page } from './pages.ts';
import { pathOf, placeIn } from './place.ts';
import { showQuestion, showTop } from './showing.ts';

export type Panel = 'page' | 'overview' | 'end';

export interface Way {
	readonly panel: Ref<Panel>;
	/** Pages that are asked now. */
	readonly pages: ComputedRef<readonly Page[]>;
	readonly page: ComputedRef<Page | null>;
	/** Its number among them, from 0. */
	readonly number: ComputedRef<number>;
	/** Rows that are open on the page, the innermost last. */
	readonly rows: ShallowRef<readonly OpenRow[]>;
	/** Questions that are on the screen. */
	readonly shown: ComputedRef<readonly Question[]>;
	go(page: Page): void;
	step(by: -1 | 1): void;
	show(panel: Panel): void;
	/** Go to a question by its path; false where it is not asked. */
	jump(path: string): boolean;
	openRow(repeat: Repeat, row: RepeatRow): void;
	/** Show another row of the repeat that is open. */
	changeRow(row: RepeatRow): void;
	closeRow(): void;
}

/** Follow the way through a form; the log tells what was on the screen. */
export function useWay(session: FormSession, recorder: AuditRecorder): Way {
	const cut = computed(() => pagesOf(session.children));
	const pages = computed(() => relevantPages(cut.value));
	const panel = ref<Panel>('page');
	const rows = shallowRef<readonly OpenRow[]>([]);
	const wanted = ref(0);
	const current = shallowRef(placeIn(recorder.events(), pages.value)?.id ?? null);
	/** A page that is no longer asked gives way to the one that has its place. */
	const number = computed(() => {
		const found = pages.value.findIndex(({ id }) => id === current.value);
		return found >= 0 ? found : Math.max(0, Math.min(wanted.value, pages.value.length - 1));
	});
	const page = computed(() => pages.value[number.value] ?? null);
	const shown = computed(() => questionsIn(rows.value.at(-1)?.row.children ?? page.value?.nodes ?? []));
	let scrolled: number[] = [];

	function go(to: Page): void {
		[current.value, wanted.value, rows.value, panel.value] = [to.id, pages.value.indexOf(to), [], 'page'];
		scrolled = [];
		void showTop();
	}

	function step(by: -1 | 1): void {
		const to = pages.value[number.value + by];
		if (to !== undefined) {
			go(to);
		} else if (by === 1) {
			show('end');
		}
	}

	function show(which: Panel): void {
		panel.value = which;
		void showTop();
	}

	function jump(path: string): boolean {
		const found = whereIs(pages.value, path);
		if (found === null) {
			return false;
		}
		go(found.page);
		rows.value = found.rows;
		void showQuestion(found.question);
		return true;
	}

	function openRow(repeat: Repeat, row: RepeatRow): void {
		scrolled.push(window.scrollY);
		rows.value = [...rows.value, { repeat, row }];
		void showTop();
	}

	function changeRow(row: RepeatRow): void {
		const last = rows.value.at(-1);
		if (last !== undefined) {
			rows.value = [...rows.value.slice(0, -1), { repeat: last.repeat, row }];
			void showTop();
		}
	}

	function closeRow(): void {
		rows.value = rows.value.slice(0, -1);
		const back = scrolled.pop() ?? 0;
		void nextTick(() => window.scrollTo({ top: back }));
	}

	logWay({ panel, page, rows }, recorder);
	return { panel, pages, page, number, rows, shown, go, step, show, jump, openRow, changeRow, closeRow };
}

/** Tell the log what is on the screen, as Collect does: a question, a group of them, the overview, the end. */
function logWay({ panel, page, rows }: Pick<Way, 'panel' | 'page' | 'rows'>, recorder: AuditRecorder): void {
	let shown: string | null = null;
	function leave(): void {
		if (shown !== null) {
			recorder.left(shown);
		}
		shown = null;
	}
	const stop = watch(
		[panel, page, rows],
		() => {
			leave();
			shown = enter({ panel, page, rows }, recorder);
		},
		{ immediate: true },
	);
	onScopeDispose(() => (stop(), leave()));
}

function enter({ panel, page, rows }: Pick<Way, 'panel' | 'page' | 'rows'>, recorder: AuditRecorder): string {
	if (panel.value !== 'page' || page.value === null) {
		recorder.entered('', panel.value === 'overview' ? 'jump' : 'end screen');
		return '';
	}
	const row = rows.value.at(-1)?.row;
	const path = row?.path ?? pathOf(page.value);
	recorder.entered(path, row === undefined && page.value.nodes.length === 1 ? 'question' : 'group questions');
	return path;
}
