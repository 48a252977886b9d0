/** What the phone knows of the fieldwork of who is signed in: tasks, forms, interviews, what was returned. */
import { computed, ref, shallowRef, watch } from 'vue';

import type {
	DeviceSettings,
	InterviewState,
	InterviewSummary,
	ReturnedInterview,
	Task,
	Trouble,
} from '../../model.ts';
import { removeInterview as takeOff } from '../../fieldwork/removing.ts';
import type { Listed } from '../../vault/lists.ts';
import { troubleOf } from './attempt.ts';
import { partOf, type FormPart } from './form_part.ts';
import { openReturns } from './household_status.ts';
import { formsBeside, type KnownForm } from './known_forms.ts';
import { now, opened, type Opened } from './person.ts';

export const tasks = shallowRef<readonly Task[]>([]);
export const returned = shallowRef<readonly ReturnedInterview[]>([]);
export const forms = shallowRef<readonly KnownForm[]>([]);
export const interviews = shallowRef<readonly InterviewSummary[]>([]);
/** How many interviews lie on the phone that cannot be read. */
export const unreadable = ref(0);
/** Who the device belongs to, and its settings, as the service last said. */
export const device = shallowRef<Listed['device'] | null>(null);
export const refreshedAt = ref<string | null>(null);
/** Whether what lies on the phone has been read since it was unlocked. */
export const loaded = ref(false);
export const loadTrouble = shallowRef<Trouble | null>(null);

const inState = (state: InterviewState) => computed(() => interviews.value.filter((each) => each.state === state));
export const drafts = inState('draft');
export const unsent = inState('finished');
export const sent = computed(() => interviews.value.filter((each) => each.state === 'sent').reverse());
export const returnedToDo = computed(() => openReturns(returned.value, interviews.value));
export const otherForms = computed(() => formsBeside(forms.value));
export const interviewsWithoutHousehold = computed(() => interviews.value.filter((each) => each.assignmentId === ''));

/** By the hash of a form: reading its part takes its whole text, which never changes. */
const parts = new Map<string, FormPart>();

/** Read what lies on the phone. */
export async function load(): Promise<void> {
	const { vault } = now();
	const [given, back, about] = await Promise.all([
		vault.lists.read('tasks'),
		vault.lists.read('returned'),
		vault.lists.read('device'),
		loadInterviews(),
	]);
	const known = await knownForms(now());
	tasks.value = given?.tasks ?? [];
	returned.value = back?.returned ?? [];
	device.value = about;
	refreshedAt.value = given?.askedAt ?? null;
	forms.value = known;
	loaded.value = true;
}

/** Read what lies on the phone after unlocking; what keeps it from being read is told in place of every screen. */
export async function loadFirst(): Promise<void> {
	try {
		await load();
	} catch (error) {
		loadTrouble.value = troubleOf(error);
	}
}

/** Read the interviews anew, after one was begun, saved, sent or removed. */
export async function loadInterviews(): Promise<void> {
	const { interviews: kept } = now().vault;
	interviews.value = await kept.list();
	unreadable.value = kept.unreadable;
}

/** Read them anew when this page comes into sight: another one may have finished or sent some. Returns how to stop. */
export function readWhenShown(): () => void {
	const look = () => void (document.visibilityState === 'visible' && opened.value && loadInterviews());
	document.addEventListener('visibilitychange', look);
	return () => document.removeEventListener('visibilitychange', look);
}

/**
 * Remove an interview from the phone; a screen has asked, and for one that was not sent, twice. Throws
 * `phone.open_elsewhere` where it is open.
 */
export async function removeInterview(id: string): Promise<void> {
	await takeOff(now().vault, id, true);
	await loadInterviews();
}

/** The settings of the device; the sign-in fetched them, so an interview is never opened without. */
export function deviceSettings(): DeviceSettings {
	if (device.value === null) {
		throw new Error('no settings of the device');
	}
	return device.value.info.settings;
}

/** The name of a form version as people know it; its number where it is not on this phone. */
export function formName(formId: string, version: string): string {
	const same = forms.value.filter((form) => form.formId === formId);
	return (same.find((form) => form.version === version) ?? same[0])?.name ?? formId;
}

async function knownForms({ vault }: Opened): Promise<readonly KnownForm[]> {
	const known: KnownForm[] = [];
	for (const summary of await vault.forms.list()) {
		if (!parts.has(summary.hash)) {
			const stored = await vault.forms.read(summary.formId, summary.version);
			parts.set(summary.hash, partOf(stored?.xml ?? ''));
		}
		known.push({ ...summary, ...(parts.get(summary.hash) as FormPart) });
	}
	return known;
}

/** Nothing of one person stays for the next. */
function clear(): void {
	[tasks.value, returned.value, forms.value, interviews.value] = [[], [], [], []];
	unreadable.value = 0;
	[device.value, refreshedAt.value, loaded.value, loadTrouble.value] = [null, null, false, null];
}

watch(
	opened,
	(next, before) => {
		if (next?.vault !== before?.vault) {
			clear();
		}
	},
	{ flush: 'sync' },
);
