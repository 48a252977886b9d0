import { expect, it } from 'vitest';

import { bitsPerSecond, joined, soundFile, soundKind } from './recording.ts';

it('records in what the browser has, the smallest first', () => {
	expect(soundKind(() => true)).toBe('audio/webm;codecs=opus');
	expect(soundKind((kind) => kind === 'audio/mp4')).toBe('audio/mp4');
	expect(soundKind(() => false)).toBeNull();
});

it('names a recording by its kind', () => {
	expect(soundFile('audio/webm;codecs=opus')).toEqual({ name: 'recording.webm', type: 'audio/webm' });
	expect(soundFile('audio/mp4')).toEqual({ name: 'recording.m4a', type: 'audio/mp4' });
});

it('takes the quality that the form asks for', () => {
	expect(['voice-only', 'low', 'normal', undefined].map(bitsPerSecond)).toEqual([16_000, 32_000, 64_000, 32_000]);
});

it('joins pieces in their order', () => {
	expect([...joined([new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array([3])])]).toEqual([1, 2, 3]);
});
