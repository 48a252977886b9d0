/** Saves one open interview: after each change, everything, and what is shown as saved has reached the disk. */
import { ref, shallowRef, type Ref } from 'vue';

import type { AttachedFile, KeptInterview, Trouble } from '../model.ts';
import { FieldworkTrouble, troubleOf } from './trouble.ts';

/** An interview as it stands, with the files that it names. */
export interface Snapshot {
	readonly interview: KeptInterview;
	readonly files: ReadonlyMap<string, AttachedFile>;
}

export type Write = (interview: KeptInterview, newFiles: readonly AttachedFile[]) => Promise<void>;

const FIRST_RETRY = 2000;
const LONGEST_RETRY = 30_000;
/** Milliseconds that a writing waits for the screen: a page that is hidden, or overburdened, draws nothing. */
const LONGEST_DRAWING = 100;

/** `new`: nothing lies on the disk, for there is no answer yet. `saved`: the last change has reached the disk. */
export type SavingState = 'new' | 'saved' | 'saving' | 'failed';

export class Saver {
	readonly state: Ref<SavingState>;
	/** Why the last attempt failed; null where it did not. */
	readonly trouble = shallowRef<Trouble | null>(null);
	private changes = false;
	private stopped = false;
	private failures = 0;
	private running: Promise<void> | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private frame = 0;
	private written: ReadonlyMap<string, AttachedFile>;

	/** `written`: the files that lie on the disk already; null where the interview does not lie there yet. */
	constructor(
		private readonly write: Write,
		private readonly take: () => Snapshot,
		written: ReadonlyMap<string, AttachedFile> | null,
	) {
		this.state = ref(written === null ? 'new' : 'saved');
		this.written = new Map(written);
	}

	/** Something has changed: it is written as soon as the screen has drawn it, with whatever changes until then. */
	changed(): void {
		if (this.stopped) {
			return;
		}
		this.changes = true;
		this.state.value = 'saving';
		this.afterDrawing();
	}

	/** Write at once what is not written yet; whether everything has reached the disk. */
	async flush(): Promise<boolean> {
		this.waitNoMore();
		await this.run();
		if (this.state.value === 'saving') {
			// It changed between the end of a writing and here.
			await this.run();
		}
		return !this.waits();
	}

	/** Write at once, or throw why that did not work. */
	async flushOrThrow(): Promise<void> {
		if (!(await this.flush()) && this.trouble.value !== null) {
			const { code, details, said } = this.trouble.value;
			throw new FieldworkTrouble(code, details, said);
		}
	}

	/** Stop for good; what could not be written is given up. Resolves when a writing that is under way has ended. */
	async stop(): Promise<void> {
		this.stopped = true;
		this.waitNoMore();
		this.changes = false;
		await this.running;
	}

	/** Whether something is not on the disk yet. */
	private waits(): boolean {
		return this.state.value === 'saving' || this.state.value === 'failed';
	}

	/** A frame is drawn after what waits for it has run: the writing begins behind it. */
	private afterDrawing(): void {
		this.later(LONGEST_DRAWING);
		this.frame = requestAnimationFrame(() => this.later(0));
	}

	private waitNoMore(): void {
		clearTimeout(this.timer);
		cancelAnimationFrame(this.frame);
	}

	private later(milliseconds: number): void {
		this.waitNoMore();
		this.timer = setTimeout(() => void this.run(), milliseconds);
	}

	/** One writing at a time; what changes meanwhile is written after it, in one. */
	private run(): Promise<void> {
		this.running ??= this.writeAll().finally(() => (this.running = null));
		return this.running;
	}

	private async writeAll(): Promise<void> {
		while (this.changes) {
			this.changes = false;
			try {
				await this.writeOnce();
			} catch (error) {
				this.failed(error);
				return;
			}
		}
		// After a stop something may have been given up: that is never called saved.
		if (this.waits() && !this.stopped) {
			[this.state.value, this.trouble.value, this.failures] = ['saved', null, 0];
		}
	}

	private async writeOnce(): Promise<void> {
		const { interview, files } = this.take();
		const fresh = [...files.values()].filter((file) => this.written.get(file.name) !== file);
		await this.write(interview, fresh);
		this.written = new Map(files);
	}

	private failed(error: unknown): void {
		if (this.stopped) {
			// Another page may have the interview by then: nothing older is written over its answers.
			return;
		}
		this.changes = true;
		this.trouble.value = troubleOf(error);
		if (this.trouble.value.code === 'phone.file_missing') {
			// What was written is gone from the disk, so everything that is still in memory is written again.
			this.written = new Map();
		}
		this.state.value = 'failed';
		this.later(Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.failures));
		this.failures += 1;
	}
}

/** Save when the page goes out of sight or away: it may be the last that it can do. Returns how to stop. */
export function saveOnLeaving(saver: Saver): () => void {
	const save = () => void saver.flush();
	const look = () => document.visibilityState === 'hidden' && save();
	document.addEventListener('visibilitychange', look);
	window.addEventListener('pagehide', save);
	return () => {
		document.removeEventListener('visibilitychange', look);
		window.removeEventListener('pagehide', save);
	};
}
