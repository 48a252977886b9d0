/** Numbers as they are typed: what is none is told at once, in the question's own terms. */

const WHOLE = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
const LARGEST_WHOLE = 2147483647;
const MOST_DIGITS = 15;

export type NumberFault = 'not_whole' | 'not_number' | 'too_large' | 'too_long';

/** Why a text is no number of a kind; null where it is one, or blank. The form's engine has the last word. */
export function numberFault(kind: 'integer' | 'decimal', text: string): NumberFault | null {
	const typed = text.normalize('NFKC').trim();
	if (typed === '') {
		return null;
	}
	return kind === 'integer' ? wholeFault(typed) : decimalFault(typed);
}

function wholeFault(typed: string): NumberFault | null {
	if (!WHOLE.test(typed)) {
		return DECIMAL.test(typed) ? 'not_whole' : 'not_number';
	}
	return Math.abs(Number(typed)) > LARGEST_WHOLE ? 'too_large' : null;
}

function decimalFault(typed: string): NumberFault | null {
	if (!DECIMAL.test(typed)) {
		return 'not_number';
	}
	return typed.replace(/\D/g, '').length > MOST_DIGITS ? 'too_long' : null;
}

/** Write a number with its thousands apart, to see a zero too many; null where there is nothing to set apart. */
export function thousands(text: string): string | null {
	const parts = /^([+-]?)(\d{4,})(\..*)?$/.exec(text.normalize('NFKC').trim());
	if (parts === null) {
		return null;
	}
	const [, sign = '', digits = '', rest = ''] = parts;
	return sign + digits.replace(/\B(?=(?:\d{3})+$)/g, ',') + rest;
}
