import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import BarcodeControl from './BarcodeControl.vue';
import { draw, exampleQuestion, press, text, type } from './example_question.ts';
import FileControl from './FileControl.vue';
import { LARGEST_FILE } from './files.ts';
import PhotoControl from './PhotoControl.vue';
import SignatureControl from './SignatureControl.vue';

/** Addresses of files within a page, and pictures to draw on: jsdom knows neither. */
const addresses = new Set<string>();
const { createObjectURL, revokeObjectURL } = URL;
const { getContext } = HTMLCanvasElement.prototype;

beforeAll(() => {
	let count = 0;
	URL.createObjectURL = () => {
		const address = `blob:example-${++count}`;
		addresses.add(address);
		return address;
	};
	URL.revokeObjectURL = (address) => void addresses.delete(address);
	HTMLCanvasElement.prototype.getContext = () => null;
});
afterAll(() => {
	Object.assign(URL, { createObjectURL, revokeObjectURL });
	HTMLCanvasElement.prototype.getContext = getContext;
});
beforeEach(() => addresses.clear());

const PICTURE = { name: '1-photo.jpg', type: 'image/jpeg', bytes: new Uint8Array(2048) };
const answered = { answer: PICTURE.name, files: new Map([[PICTURE.name, PICTURE]]) };

function choose(file: File): void {
	const field = document.querySelector('input[type=file]');
	if (!field) {
		throw new Error('no field for files');
	}
	Object.defineProperty(field, 'files', { value: [file], configurable: true });
	field.dispatchEvent(new Event('change'));
}

describe('a file that is attached', () => {
	it('is shown with its size, and its address is given back in the end', async () => {
		const leave = draw(PhotoControl, exampleQuestion('photo', answered));
		await vi.waitFor(() => expect(text()).toContain('大小 2 KB'));
		expect(addresses).toContain(document.querySelector('img')?.src);
		leave();
		expect(addresses.size).toBe(0);
	});

	it('is missed where this phone does not hold it', async () => {
		draw(PhotoControl, exampleQuestion('photo', { answer: '1-photo.jpg' }));
		await vi.waitFor(() => expect(text()).toContain('1-photo.jpg，但它不在这部手机上'));
		expect(document.querySelector('img')).toBeNull();
	});

	it('is removed when asked twice', async () => {
		const question = exampleQuestion('photo', answered);
		draw(PhotoControl, question);
		await press('移除');
		expect(question.answer).toBe(PICTURE.name);
		await press('移除');
		expect(question.answer).toBeNull();
	});

	it('is shown and left alone where the question is only read', async () => {
		draw(SignatureControl, exampleQuestion('signature', { ...answered, readonly: true }));
		await vi.waitFor(() => expect(document.querySelector('img')).not.toBeNull());
		expect(document.querySelectorAll('button, canvas')).toHaveLength(0);
	});
});

describe('PhotoControl', () => {
	it('says what a broken picture is, and leaves the answer as it was', async () => {
		const question = exampleQuestion('photo', answered);
		draw(PhotoControl, question);
		choose(new File(['no picture'], 'IMG_0001.heic', { type: 'image/heic' }));
		await vi.waitFor(() => expect(text()).toContain('这张照片打不开'));
		expect(question.answer).toBe(PICTURE.name);
	});

	it('offers no gallery where the form wants a new photo', () => {
		draw(PhotoControl, exampleQuestion('photo'));
		expect(text()).toContain('从相册选');
		draw(PhotoControl, exampleQuestion('photo', { appearances: new Set(['new']) }));
		expect(text()).not.toContain('从相册选');
	});
});

describe('FileControl', () => {
	it('takes a file as it is, without the name that it had', async () => {
		const question = exampleQuestion('file');
		draw(FileControl, question);
		choose(new File(['%PDF-1.4'], '示例户 001 证明.PDF', { type: 'application/pdf' }));
		await vi.waitFor(() => expect(question.answer).toBe('1-file.pdf'));
		expect(question.files.get('1-file.pdf')).toMatchObject({ type: 'application/pdf' });
		expect(new TextDecoder().decode(question.files.get('1-file.pdf')?.bytes)).toBe('%PDF-1.4');
	});

	it('keeps a file that is still being read when one goes on to another page', async () => {
		const question = exampleQuestion('file');
		const leave = draw(FileControl, question);
		choose(new File(['%PDF-1.4'], 'receipt.pdf', { type: 'application/pdf' }));
		leave();
		await vi.waitFor(() => expect(question.answer).toBe('1-file.pdf'));
	});

	it('refuses what the server would refuse, and what is empty', async () => {
		const question = exampleQuestion('file');
		draw(FileControl, question);
		choose(new File([new Uint8Array(LARGEST_FILE + 1_000_000)], 'film.mp4'));
		await vi.waitFor(() => expect(text()).toContain('这个文件有 19 MB，服务器最多收 18 MB'));
		choose(new File([], 'nothing.txt'));
		await vi.waitFor(() => expect(text()).toContain('这个文件是空的'));
		expect(question.answer).toBeNull();
	});
});

describe('SignatureControl', () => {
	it('says whether the signature may be left out', () => {
		draw(SignatureControl, exampleQuestion('signature'));
		expect(text()).toContain('可以空着');
		draw(SignatureControl, exampleQuestion('signature', { required: true }));
		expect(text()).toContain('必须签');
	});

	it('asks before a signature gives way to another, and keeps it until then', async () => {
		const question = exampleQuestion('signature', answered);
		draw(SignatureControl, question);
		await press('重签');
		expect(document.querySelector('canvas')).toBeNull();
		await press('重签');
		expect(document.querySelector('canvas')).not.toBeNull();
		expect(question.answer).toBe(PICTURE.name);
	});
});

describe('BarcodeControl', () => {
	it('can be typed, and emptied', async () => {
		const question = exampleQuestion('barcode');
		draw(BarcodeControl, question);
		await type(0, '6901234567892');
		expect(question.answer).toBe('6901234567892');
		await type(0, '');
		expect(question.answer).toBeNull();
	});

	it('is typed inside the scanner where there is no camera', async () => {
		const question = exampleQuestion('barcode');
		draw(BarcodeControl, question);
		await press('扫码');
		await vi.waitFor(() => expect(text()).toContain('不能扫码'));
		await type(0, '6901234567892');
		await press('采用填写的内容');
		expect(question.answer).toBe('6901234567892');
		expect(document.activeElement?.textContent?.trim()).toBe('重新扫码');
	});

	it('hides what was read where the form wants it hidden', () => {
		draw(BarcodeControl, exampleQuestion('barcode', { answer: 'A-1', appearances: new Set(['hidden-answer']) }));
		expect(document.querySelector('input')).toBeNull();
		expect(text()).toContain('已读到条码');
	});
});
