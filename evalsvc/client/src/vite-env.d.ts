/// <reference types="vite/client" />

declare module '*.toml' {
	const sentences: Readonly<Record<string, { readonly zh: string; readonly en: string }>>;
	export default sentences;
}
