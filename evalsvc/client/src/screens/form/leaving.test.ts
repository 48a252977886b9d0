import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import { question } from '../../engine/opened_for_tests.ts';
import simple from '../../engine/forms/simple.xml?raw';
import { say } from '../../words/say.ts';
import { mounted, press, settled, type Mounted } from './mounted_for_tests.ts';

window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

/** jsdom unpacks and packs no pictures, and knows no addresses within a page. */
const { createImageBitmap } = globalThis;
const { createObjectURL, revokeObjectURL } = URL;
const { getContext, toDataURL } = HTMLCanvasElement.prototype;
const PICTURE = { width: 4, height: 3, close: () => undefined };
let [unpack, fail] = [(): void => undefined, (): void => undefined];

beforeAll(() => {
	globalThis.createImageBitmap = () =>
		new Promise((resolve, reject) => {
			unpack = () => resolve(PICTURE as unknown as ImageBitmap);
			fail = () => reject(new DOMException('', 'InvalidStateError'));
		});
	Object.assign(URL, { createObjectURL: () => 'blob:example', revokeObjectURL: () => undefined });
	const context = { fillRect: () => undefined, drawImage: () => undefined };
	Object.assign(HTMLCanvasElement.prototype, { getContext: () => context });
	HTMLCanvasElement.prototype.toDataURL = () => `data:image/jpeg;base64,${btoa('small')}`;
});
afterAll(() => {
	globalThis.createImageBitmap = createImageBitmap;
	Object.assign(URL, { createObjectURL, revokeObjectURL });
	Object.assign(HTMLCanvasElement.prototype, { getContext, toDataURL });
});

let screen: Mounted;

afterEach(() => screen.app.unmount());

/** A form whose photo was just taken and is still being made small. */
async function photoUnderWay(): Promise<void> {
	screen = await mounted(simple.replace('type="binary"/>', 'type="binary" required="true()"/>'));
	question(screen.session, 'unit_id').give('001');
	const field = document.querySelector('input[type=file]');
	const picture = new File(['large'], 'IMG_0001.jpg', { type: 'image/jpeg' });
	Object.defineProperty(field, 'files', { value: [picture], configurable: true });
	field?.dispatchEvent(new Event('change'));
	await settled();
	expect(question(screen.session, 'photo').answer).toBeNull();
}

const blocked = (): boolean =>
	[...document.querySelectorAll('.form-header, main, .form-footer')].every((part) => part.hasAttribute('inert'));
const told = (): string | undefined => document.querySelector('.ending')?.textContent ?? undefined;
const photos = (): number => screen.session.files().size;

test('who finishes while a photo is made small waits for it, and the photo belongs to the interview', async () => {
	await photoUnderWay();
	await press('去完成');
	await press('去完成');
	document.querySelector<HTMLButtonElement>('.form-footer .on')?.click();
	await settled();
	expect(screen.emitted).toEqual([]);
	expect(blocked()).toBe(true);
	expect(told()).toBe(say('phone.form.preparing'));
	unpack();
	await vi.waitFor(() => expect(screen.emitted).toEqual(['finished']));
	expect(photos()).toBe(1);
});

test('who leaves while a photo is made small waits for it as well, and nobody steps meanwhile', async () => {
	await photoUnderWay();
	document.querySelector<HTMLButtonElement>('.out')?.click();
	await settled();
	expect(screen.emitted).toEqual([]);
	expect(blocked()).toBe(true);
	expect(screen.screen().goBack()).toBe(true);
	expect(document.querySelector('input[type=file]')).not.toBeNull();
	unpack();
	await vi.waitFor(() => expect(screen.emitted).toEqual(['left']));
	expect(photos()).toBe(1);
});

test('a photo that fails while somebody leaves is told before, and a second step leaves all the same', async () => {
	await photoUnderWay();
	const out = () => document.querySelector<HTMLButtonElement>('.out')?.click();
	const alert = () => document.querySelector('main > .banner.bad')?.textContent;
	out();
	fail();
	await vi.waitFor(() => expect(alert()).toBe(say('phone.form.not_prepared')));
	expect([blocked(), screen.emitted]).toEqual([false, []]);
	out();
	await vi.waitFor(() => expect(screen.emitted).toEqual(['left']));
});

test('who locks the phone waits for a photo that is made small', async () => {
	await photoUnderWay();
	const photosThen = vi.fn(photos);
	const locking = screen.screen().settled().then(photosThen);
	await settled();
	expect(blocked()).toBe(true);
	unpack();
	await locking;
	expect(photosThen).toHaveReturnedWith(1);
	expect(screen.emitted).toEqual([]);
});

test('nothing is answered while the interview is finished or left, which is told; afterwards it is open again', async () => {
	screen = await mounted(simple);
	expect([blocked(), told()]).toEqual([false, '']);
	for (const ending of ['finishing', 'leaving'] as const) {
		screen.ending.value = ending;
		await settled();
		expect([blocked(), told()]).toEqual([true, say(`phone.form.${ending}`)]);
	}
	screen.ending.value = null;
	await settled();
	expect([blocked(), told()]).toEqual([false, '']);
	expect(document.querySelector('[inert]')).toBeNull();
});
