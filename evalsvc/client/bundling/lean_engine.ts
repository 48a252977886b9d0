import type { Plugin } from 'vite';

const CIPHERS = /(module\.exports = factory\()requireCore\(\), requireX64Core\(\)[^;]*requireBlowfish\(\)\);/;
/** What forms can ask for by `digest()`, and what that stands on. */
const DIGESTS = ['Core', 'X64Core', 'EncBase64', 'Md5', 'Sha1', 'Sha256', 'Sha512', 'Sha384'];
const EVAL = /(?<![\w.])eval\(func\)/g;

/** Leave out of the form engine what no form can reach: 38 KB packed, a tenth of the first visit. */
export function leanEngine(): Plugin {
	return {
		name: 'evalsvc-lean-engine',
		apply: 'build',
		transform: { filter: { id: /@getodk\/xforms-engine/ }, handler: withoutBallast },
	};
}

/** The engine's code without its ballast. Throws where it is put together in another way than it was. */
export function withoutBallast(code: string): string {
	for (const wanted of [CIPHERS, EVAL]) {
		if (code.search(wanted) < 0) {
			throw new Error(
				`the form engine has no ${wanted} any more: look whether bundling/lean_engine.ts is still needed`,
			);
		}
	}
	// Of a library of ciphers only digests are asked for. And where code is evaluated in place, every name of its file may
	// be meant: nothing can be left out or shortened. Parsers with such code the application's policy would not let run.
	const digests = DIGESTS.map((name) => `require${name}()`).join(', ');
	return code.replace(EVAL, '(0, eval)(func)').replace(CIPHERS, (_whole, begin: string) => `${begin}${digests});`);
}
