import type { RootNode } from '@getodk/xforms-engine';
import { markRaw } from 'vue';

import type { AttachedFile, StoredForm } from '../model.ts';
import type { FormDefinition } from './definition.ts';
import { InterviewFiles } from './files.ts';
import { computedPaths, leafAt } from './leaves.ts';
import type { Interview } from './node.ts';
import type { Change, FormNode, FormSession, Language, Objection } from './question.ts';
import { keepAsWritten } from './restoring.ts';
import { InterviewWriter } from './submission.ts';
import { shownChildren } from './tree.ts';
import { WrittenTexts } from './written.ts';

/** A form that is being filled, over one instance of the engine. */
export class EngineSession implements FormSession {
	readonly formId: string;
	readonly version: string;
	readonly title: string;
	readonly audit: FormSession['audit'];
	readonly languages: readonly Language[];
	readonly children: readonly FormNode[];
	private readonly interview: Interview;
	private readonly writer: InterviewWriter;
	/** Paths of values without a question; nobody could mend what the form objects to in them. */
	private readonly computed: ReadonlySet<string>;
	/** The submission, as long as nothing was changed since it was made. */
	private finished: string | null = null;
	private readonly listeners = new Set<(change: Change) => void>();

	constructor(
		form: StoredForm,
		definition: FormDefinition,
		private readonly root: RootNode,
		files: ReadonlyMap<string, AttachedFile>,
	) {
		this.formId = form.formId;
		this.version = form.version;
		this.title = definition.title || form.name;
		this.audit = definition.audit;
		this.languages = root.languages.map(languageOf);
		this.interview = {
			definition,
			files: new InterviewFiles(files),
			written: new WrittenTexts(),
			tell: (change) => {
				this.finished = null;
				this.listeners.forEach((listen) => listen(change));
			},
		};
		this.writer = new InterviewWriter(root, this.interview.written);
		this.computed = new Set(computedPaths(root.definition));
		this.children = shownChildren(root.currentState.children, this.interview);
		markRaw(this);
	}

	get instanceId(): string {
		return leafAt(this.root, ['meta', 'instanceID'])?.currentState.instanceValue ?? '';
	}

	get language(): Language {
		return languageOf(this.root.currentState.activeLanguage);
	}

	set language(language: Language) {
		const wanted = this.root.languages.find((one) => languageOf(one).name === language.name);
		if (wanted !== undefined && wanted.isSyntheticDefault === undefined) {
			this.root.setLanguage(wanted);
		}
	}

	get objections(): FormSession['objections'] {
		const objected = this.root.validationState.violations.filter(
			({ reference }) => !this.computed.has(reference.replace(/\[\d+\]/g, '')),
		);
		return objected.map(({ reference, violation }) => {
			const objection: Objection = { kind: violation.condition, words: violation.message?.asString ?? null };
			return { path: reference, objection };
		});
	}

	xml(): string {
		return this.finished ?? this.writer.draft();
	}

	files(): ReadonlyMap<string, AttachedFile> {
		return this.interview.files.namedIn(this.xml());
	}

	onChange(listen: (change: Change) => void): () => void {
		this.listeners.add(listen);
		return () => this.listeners.delete(listen);
	}

	finish(auditFile: string | null): string {
		// Preparing a submission is what stamps the end; the engine does it before the promise is given back.
		void this.root.prepareInstancePayload();
		this.finished = this.writer.submission(auditFile);
		return this.finished;
	}

	takeFinishBack(): void {
		this.finished = null;
	}

	/** Hold on to the words of the interview that is gone on with; gives the session. */
	keepAsWritten(interview: XMLDocument): this {
		keepAsWritten(this.root.currentState.children, interview.documentElement, this.interview.written);
		return this;
	}

	close(): void {
		this.listeners.clear();
	}
}

function languageOf(language: RootNode['languages'][number]): Language {
	// A form says "中文 (zh)": the name, and the code in brackets.
	return {
		name: language.language.replace(/\s*\([A-Za-z-]+\)$/, ''),
		code: language.locale?.language ?? null,
	};
}
