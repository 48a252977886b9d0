import { expect, test } from 'vitest';

import { openForm } from '../../engine/form.ts';
import { DEVICE, question, stored } from '../../engine/opened_for_tests.ts';
import { shippedForm } from '../../engine/shipped_forms.ts';
import { pagesOf, relevantPages, sectionsOf, titleOf } from './pages.ts';

// Composing the library takes seconds: once.
const HOUSEHOLD = shippedForm('household');

/** Milliseconds; a whole form is opened on a machine that may be busy. */
const PATIENCE = 30_000;

async function household() {
	const opened = await openForm(stored(HOUSEHOLD), DEVICE);
	const session = await opened.begin({ unit_id: 'example-001', household_class: '脱贫户' });
	const titles = () => relevantPages(pagesOf(session.children)).map((page) => titleOf(page.owner).title);
	return { session, titles };
}

test(
	'the shipped household form begins with the visit, and the rest is asked when it is completed',
	async () => {
		const { session, titles } = await household();
		expect(titles()).toEqual(['到访情况']);
		question(session, 'disposition').give('completed');
		expect(titles().slice(0, 10)).toEqual(['到访情况', ...Array<string>(8).fill('知情同意'), '受访人']);
		expect(titles()).toEqual(expect.arrayContaining(['逐项询问 1', '逐项询问 4', '签名']));
		expect(titles()).not.toContain('工资性收入（元）');
		question(session, 'consent_income').give('yes');
		question(session, 'income_sources').give(['wage_local']);
		expect(titles()).toContain('工资性收入（元）');
	},
	PATIENCE,
);

test(
	'consent is read piece by piece and then asked on one page, all of it one section',
	async () => {
		const { session } = await household();
		question(session, 'disposition').give('completed');
		const consent = sectionsOf(relevantPages(pagesOf(session.children))).filter(
			({ owner }) => titleOf(owner).title === '知情同意',
		);
		expect(consent).toHaveLength(1);
		expect(consent[0]?.pages.map((page) => [page.reading, page.nodes.length])).toEqual([
			...Array<unknown>(7).fill([true, 1]),
			[false, 4],
		]);
	},
	PATIENCE,
);

test(
	'a group whose questions stand around other groups is continued after them',
	async () => {
		const { session } = await household();
		question(session, 'disposition').give('completed');
		question(session, 'consent_income').give('yes');
		const income = sectionsOf(relevantPages(pagesOf(session.children))).filter(({ owner }) =>
			titleOf(owner).title?.startsWith('家庭收入'),
		);
		expect(income.map(({ continued }) => continued)).toEqual(income.map((_, index) => index > 0));
		expect(income.length).toBeGreaterThan(1);
	},
	PATIENCE,
);
