// Set up tests: the engine's parser takes Node's way where it meets Node, and asks there for a folder that modules have not.
Object.assign(globalThis, { __dirname: '/' });

// Blobs of jsdom cannot be read but by a FileReader.
Blob.prototype.arrayBuffer ??= function (this: Blob): Promise<ArrayBuffer> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(reader.result as ArrayBuffer);
		reader.onerror = () => reject(reader.error ?? new Error('FileReader'));
		reader.readAsArrayBuffer(this);
	});
};
Blob.prototype.text ??= async function (this: Blob): Promise<string> {
	return new TextDecoder().decode(await this.arrayBuffer());
};
