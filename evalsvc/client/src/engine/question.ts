/**
 * What a screen sees of a form. Everything read here is reactive (Vue): a screen that reads a property is drawn anew when
 * the engine changes it. Nothing outside of this room knows the engine.
 */
import type { AttachedFile, Position } from '../model.ts';

export type QuestionKind =
	| 'text'
	| 'integer'
	| 'decimal'
	| 'date'
	| 'time'
	| 'datetime'
	| 'choice'
	| 'choices'
	| 'rank'
	| 'range'
	| 'position'
	| 'trace'
	| 'shape'
	| 'photo'
	| 'signature'
	| 'drawing'
	| 'audio'
	| 'video'
	| 'file'
	| 'barcode'
	| 'acknowledge'
	| 'note'
	| 'unknown';

export interface Choice {
	readonly value: string;
	readonly label: FormText;
	/** Name of a picture, recording or film of the form, null where there is none. */
	readonly image: string | null;
}

/** A text of the form: plain, and as the lines and emphasis that its Markdown asks for. */
export interface FormText {
	readonly plain: string;
	readonly pieces: readonly TextPiece[];
}

export interface TextPiece {
	readonly text: string;
	readonly strong: boolean;
	readonly emphasis: boolean;
	/** Whether a new line begins with this piece. */
	readonly breaks: boolean;
}

/** What the form objects to in an answer; `words` is the form's own message, where it has one. */
export interface Objection {
	readonly kind: 'required' | 'constraint';
	readonly words: string | null;
}

/**
 * The answer as a screen holds it: text for text, numbers as they are typed, dates as ISO 8601, the values of choices;
 * a file by its name.
 */
export type Answer = string | readonly string[] | Position | null;

interface Node {
	/** Stable while the interview is open. */
	readonly id: string;
	/** Reference with rows of repeats counted from 1, as comments of supervisors and audit.csv name it. */
	readonly path: string;
	readonly label: FormText | null;
	readonly hint: FormText | null;
	readonly relevant: boolean;
	readonly appearances: ReadonlySet<string>;
}

export interface Question extends Node {
	readonly node: 'question';
	readonly kind: QuestionKind;
	readonly required: boolean;
	readonly readonly: boolean;
	readonly answer: Answer;
	readonly choices: readonly Choice[];
	/** The parameters of the control: `max-pixels`, `capture-accuracy`, `start`, `end`, `step`, `rows` …, and attributes of its bind. */
	readonly parameters: Readonly<Record<string, string>>;
	/** Names of pictures, recordings and films that belong to the label. */
	readonly media: { readonly image: string | null; readonly audio: string | null; readonly video: string | null };
	readonly guidance: FormText | null;
	readonly objection: Objection | null;
	/** Give an answer; null takes it away. Numbers come as they were typed; what is no number is refused (false). */
	give(answer: Answer): boolean;
	/** Give a file, or take it away; its bytes are kept beside the form under the name that the answer then has. */
	attach(file: AttachedFile | null): void;
}

export interface Group extends Node {
	readonly node: 'group';
	/** Relevant children are shown in this order. */
	readonly children: readonly FormNode[];
}

export interface Repeat extends Node {
	readonly node: 'repeat';
	readonly rows: readonly RepeatRow[];
	/** Whether the enumerator adds and takes away rows; else the form counts them itself. */
	readonly free: boolean;
	add(): void;
	/** Take a row away; rows are counted from 0 here. */
	remove(index: number): void;
}

export interface RepeatRow extends Node {
	readonly node: 'row';
	readonly children: readonly FormNode[];
}

export type FormNode = Question | Group | Repeat;

export interface Language {
	readonly name: string;
	readonly code: string | null;
}

/** A change of an answer, as the audit log tells it. */
export interface Change {
	readonly path: string;
	readonly before: string;
	readonly after: string;
}

/** A form that is being filled. */
export interface FormSession {
	readonly formId: string;
	readonly version: string;
	readonly title: string;
	readonly instanceId: string;
	/** Whether the form asks for audit.csv, and whether with the answers' changes; null where it does not. */
	readonly audit: { readonly trackChanges: boolean } | null;
	readonly languages: readonly Language[];
	language: Language;
	readonly children: readonly FormNode[];
	/** Questions to which the form objects, in the order of the form. */
	readonly objections: readonly { readonly path: string; readonly objection: Objection }[];
	/**
	 * The interview as it stands, with the answers of questions that are not asked now: a draft loses none of them. After
	 * `finish`, and until the next change or `takeFinishBack`, the submission.
	 */
	xml(): string;
	/** The files that the XML names, with their bytes, as far as they are known. */
	files(): ReadonlyMap<string, AttachedFile>;
	/** Called after each answer, with what changed; returns how to stop. */
	onChange(listen: (change: Change) => void): () => void;
	/** Write the time of the end and what else belongs to a finished submission; give its XML. */
	finish(auditFile: string | null): string;
	/** The finished interview could not be kept: `xml` is that of the draft again. */
	takeFinishBack(): void;
	close(): void;
}
