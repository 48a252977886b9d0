/** The part of the application that fills forms, the engine with it: large, and loaded only when somebody is about to. */
export { warmUp } from '../engine/form.ts';
export { prepare } from '../fieldwork/opening.ts';
export { default as InterviewScreen } from './InterviewScreen.vue';
export { default as ReadingScreen } from './ReadingScreen.vue';
