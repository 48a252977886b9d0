import type { AuditEvent } from '../model.ts';

/** The name under which a submission names its log. */
export const AUDIT_FILE = 'audit.csv';

/**
 * Write a log as ODK Collect does: UTF-8, lines end in \n. Without the changes, rows that are there for a change on a page
 * are left out, as Collect leaves them out.
 */
export function toCsv(events: readonly AuditEvent[], { trackChanges }: { readonly trackChanges: boolean }): string {
	const head = ['event', 'node', 'start', 'end', ...(trackChanges ? ['old-value', 'new-value'] : [])];
	const pages = new Set(events.filter((event) => event.event === 'group questions').map((page) => page.start));
	// A question that was not shown by itself began with the page on which it stands.
	const shown = events.filter((event) => trackChanges || event.event !== 'question' || !pages.has(event.start));
	const lines = shown.map((event) => cells(event, trackChanges).map(cell).join(','));
	return [head.join(','), ...lines, ''].join('\n');
}

function cells(event: AuditEvent, trackChanges: boolean): string[] {
	const { node, start, end, oldValue, newValue } = event;
	const always = [event.event, node, String(start), end === null ? '' : String(end)];
	return trackChanges ? [...always, oldValue ?? '', newValue ?? ''] : always;
}

/** Quote what would break a row; the specification lets other quotation marks stand, which no reader would agree on. */
function cell(text: string): string {
	return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
