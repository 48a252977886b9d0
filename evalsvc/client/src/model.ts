/** Values that cross the borders of rooms. Times are ISO 8601 in UTC, hashes SHA-256 in lower-case hex. */

/** A text in the languages that its source has; the reader's language is chosen when it is shown. */
export interface Localised {
	readonly zh: string;
	readonly en: string;
}

/** What the server says of the device that asks (`GET device`). */
export interface DeviceInfo {
	readonly person: { readonly id: string; readonly name: string };
	readonly evaluation: { readonly id: string; readonly title: string };
	readonly server_time: string;
	readonly token_expires_at: string;
	/** The key that unsent records are sealed for: RSA-OAEP with SHA-256, SubjectPublicKeyInfo in base64. */
	readonly unsent_key: { readonly id: string; readonly spki: string };
	readonly settings: DeviceSettings;
}

export interface DeviceSettings {
	/** Metres from the household's known position beyond which a position is doubted. */
	readonly geofence_metres: number;
	/** Longest side of a photo in pixels, where its question does not say. */
	readonly photo_pixels: number;
	readonly keep_exif: boolean;
}

/** A column of the frame that the household's form takes over, and so may be shown beside it. */
export interface PriorFact {
	readonly column: string;
	readonly label: Localised;
	readonly value: string;
}

export interface Position {
	readonly latitude: number;
	readonly longitude: number;
	readonly altitude: number | null;
	/** Metres, at 68 % as browsers give it. */
	readonly accuracy: number | null;
}

/** One open household of the enumerator; no reserve is among them before it is opened. */
export interface Task {
	readonly assignment_id: string;
	readonly unit_id: string;
	readonly county: string;
	readonly village: string;
	readonly stratum: string;
	readonly form_id: string;
	readonly version: string;
	readonly unannounced: boolean | null;
	/** The outcome that the server knows; null while there is none. */
	readonly disposition: string | null;
	/** Interviews of this household that the server holds, of whoever. */
	readonly received: number;
	readonly position: { readonly latitude: number; readonly longitude: number } | null;
	readonly prior: readonly PriorFact[];
	/** By the marks of the form (`evalsvc:assignment`): what its questions are filled with. */
	readonly filled: Readonly<Record<string, string>>;
}

/** A form version as the server lists it; `hash` is `md5:` + hex of its bytes. */
export interface ListedForm {
	readonly formId: string;
	readonly version: string;
	readonly name: string;
	readonly hash: string;
	readonly downloadUrl: string;
	readonly manifestUrl: string | null;
}

/** A form version on the phone, with the files it is delivered with. */
export interface StoredForm {
	readonly formId: string;
	readonly version: string;
	readonly name: string;
	readonly hash: string;
	readonly xml: string;
	readonly media: ReadonlyMap<string, Blob>;
	/** The server no longer lists it: what was begun may be ended and sent, nothing new is begun. */
	readonly withdrawn: boolean;
}

/** A comment of a supervisor; rows of repeats are counted from 1 in `path`, which is empty for the whole interview. */
export interface ReviewComment {
	readonly path: string;
	readonly question: string;
	readonly words: string;
}

/** An interview that was returned to the enumerator (`GET returned`). */
export interface ReturnedInterview {
	readonly instance_id: string;
	readonly root_instance_id: string;
	readonly form_id: string;
	readonly version: string;
	readonly about: string;
	readonly unit_id: string;
	readonly sha256: string;
	readonly returned_at: string;
	readonly words: string;
	readonly comments: readonly ReviewComment[];
	readonly complaints: readonly { readonly path: string; readonly message: string; readonly severity: string }[];
	readonly url: string;
	readonly files: readonly ReturnedFile[];
}

export interface ReturnedFile {
	readonly name: string;
	readonly sha256: string;
	readonly size: number;
	readonly content_type: string;
	readonly url: string;
}

export type InterviewState = 'draft' | 'finished' | 'sent';

/** What is shown of an interview in lists. */
export interface InterviewSummary {
	readonly id: string;
	readonly state: InterviewState;
	readonly instanceId: string;
	readonly formId: string;
	readonly version: string;
	readonly unitId: string;
	readonly assignmentId: string;
	/** instanceID that this one corrects; null for a first one. */
	readonly corrects: string | null;
	readonly startedAt: string;
	readonly savedAt: string;
	readonly fileNames: readonly string[];
	readonly bytes: number;
	/** Why the last attempt to send failed, as a code of the catalogue with its details; null where none did. */
	readonly trouble: Trouble | null;
	readonly receivedAt: string | null;
}

/** An interview as it is kept: everything that sending it, or going on with it, needs. */
export interface KeptInterview extends InterviewSummary {
	readonly xml: string;
	readonly audit: readonly AuditEvent[];
	readonly comments: readonly ReviewComment[];
}

export interface AttachedFile {
	readonly name: string;
	readonly type: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A row of audit.csv as ODK Collect writes it; times in milliseconds since 1970. */
export interface AuditEvent {
	readonly event: string;
	readonly node: string;
	readonly start: number;
	readonly end: number | null;
	readonly oldValue: string | null;
	readonly newValue: string | null;
}

/** What the server holds of a submission (`GET receipts/<instanceID>`). */
export interface Receipt {
	readonly instance_id: string;
	readonly sha256: string;
	readonly received_at: string;
	readonly files: readonly { readonly name: string; readonly sha256: string }[];
	/** Files that the XML names and the server does not hold. */
	readonly missing: readonly string[];
}

/** Something went wrong: a code of the catalogue, what its sentence is filled with, and the server's own sentence if there is one. */
export interface Trouble {
	readonly code: string;
	readonly details: Readonly<Record<string, string | number>>;
	readonly said: string | null;
}
