/** What pages and the worker say to each other. Types alone: the worker is one file and shares no code with pages. */

/** A page asks the waiting version to take over. */
export type ToWorker = 'take over';

/** The worker takes over, or does not, for other pages of the application are open. */
export type FromWorker = 'taken' | 'other pages';
