/** The way to the service: everything that is asked of it, and the trouble that each question may meet. */

import type { AttachedFile, DeviceInfo, ListedForm, Receipt, ReturnedFile, ReturnedInterview, Task } from '../model.ts';

export { ServerTrouble } from './trouble.ts';

export interface Sending {
	/** Called with the bytes of this submission that have gone out, and all of them, files included. */
	readonly onProgress?: (sent: number, total: number) => void;
	readonly signal?: AbortSignal;
}

/** An evaluation's service as one device sees it; every method throws `ServerTrouble`, and nothing else but an abort. */
export interface Server {
	/** Who the device belongs to, its keys and settings. */
	device(): Promise<DeviceInfo>;
	/** The open households of the enumerator. */
	tasks(): Promise<readonly Task[]>;
	/** All form versions that may be filled. */
	forms(): Promise<readonly ListedForm[]>;
	/** A form and its files, each compared with the hash that the server lists. */
	form(listed: ListedForm): Promise<{ readonly xml: string; readonly media: ReadonlyMap<string, Blob> }>;
	/** The interviews that were returned to the enumerator. */
	returned(): Promise<readonly ReturnedInterview[]>;
	/** The XML of a returned interview, compared with its SHA-256. */
	returnedXml(one: ReturnedInterview): Promise<string>;
	/** A file of a returned interview, compared with its SHA-256. */
	returnedFile(file: ReturnedFile): Promise<AttachedFile>;
	/** What the server holds of a submission of this enumerator; null where it holds nothing under that instanceID. */
	receipt(instanceId: string): Promise<Receipt | null>;
	/** Send a submission: HEAD, then as many parts as its size asks for. `files` may leave out what the server holds. */
	submit(xml: string, files: readonly AttachedFile[], options: Sending): Promise<void>;
}

/** Return the service at an address as a sign-in code gives it: `https://…/v1/key/TOKEN/evaluations/EVALUATION`. */
export declare function connect(address: string): Server;
