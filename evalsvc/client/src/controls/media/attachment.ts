/** The file that answers a question: its bytes as far as this phone holds them, and an address to show them by. */
import { inject, onScopeDispose, readonly, shallowRef, watch, type Ref } from 'vue';

import type { Question } from '../../engine/question.ts';
import type { AttachedFile } from '../../model.ts';
import { fileReaderKey } from './files.ts';

export interface Attachment {
	readonly file: Readonly<Ref<AttachedFile | null>>;
	/** An address within this page; null where there is no file, or not yet. */
	readonly url: Readonly<Ref<string | null>>;
	/** Name of a file that the answer names and this phone does not hold; null in all good cases. */
	readonly missing: Readonly<Ref<string | null>>;
	attach(file: AttachedFile): void;
	remove(): void;
}

/** Follow the file of a question; its address is given back when the control goes. */
export function useAttachment(question: () => Question): Attachment {
	const read = inject(fileReaderKey, () => Promise.resolve(null));
	const [file, url] = [shallowRef<AttachedFile | null>(null), shallowRef<string | null>(null)];
	const missing = shallowRef<string | null>(null);
	let attached: AttachedFile | null = null;
	let gone = false;

	function show(found: AttachedFile | null): void {
		if (url.value !== null) {
			URL.revokeObjectURL(url.value);
		}
		file.value = found;
		url.value = found && !gone ? URL.createObjectURL(new Blob([found.bytes], { type: found.type })) : null;
	}

	function attach(chosen: AttachedFile | null): void {
		question().attach(chosen);
		const name = question().answer;
		attached = chosen && typeof name === 'string' ? { ...chosen, name } : null;
		missing.value = null;
		show(attached);
	}

	async function follow(answer: unknown): Promise<void> {
		if (attached?.name === answer) {
			return;
		}
		const found = typeof answer === 'string' && answer !== '' ? await read(answer) : null;
		if (question().answer === answer) {
			missing.value = typeof answer === 'string' && answer !== '' && found === null ? answer : null;
			show(found);
		}
	}

	watch(() => question().answer, follow, { immediate: true });
	onScopeDispose(() => {
		gone = true;
		show(null);
	});
	return { file: readonly(file), url: readonly(url), missing: readonly(missing), attach, remove: () => attach(null) };
}
