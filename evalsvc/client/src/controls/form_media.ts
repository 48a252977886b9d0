/** Pictures and recordings that come with a form; the screen that opened the form provides them. */
import { inject, onScopeDispose, shallowRef, watchEffect, type InjectionKey, type Ref } from 'vue';

/** The form's files by their names. */
export const formMediaKey: InjectionKey<ReadonlyMap<string, Blob>> = Symbol('files of the form');

/** An address of a file of the form within this page; null where the form came without it. */
export function useFormMedia(name: () => string | null): Readonly<Ref<string | null>> {
	const files = inject(formMediaKey, new Map<string, Blob>());
	const url = shallowRef<string | null>(null);
	const close = (): void => {
		if (url.value !== null) {
			URL.revokeObjectURL(url.value);
		}
	};
	watchEffect(() => {
		const file = files.get(name() ?? '');
		close();
		url.value = file === undefined ? null : URL.createObjectURL(file);
	});
	onScopeDispose(close);
	return url;
}
