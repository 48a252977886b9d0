/** Camera and microphone: asked for when they are needed, with a reason in words where they are refused. */
export type Refusal = 'denied' | 'missing' | 'busy' | 'insecure';

const REFUSALS: Readonly<Record<string, Refusal>> = {
	NotAllowedError: 'denied',
	SecurityError: 'denied',
	NotFoundError: 'missing',
	OverconstrainedError: 'missing',
	NotReadableError: 'busy',
	AbortError: 'busy',
};

export class DeviceRefused extends Error {
	readonly refusal: Refusal;

	constructor(refusal: Refusal, cause?: unknown) {
		super(refusal, { cause });
		this.refusal = refusal;
	}
}

/** Open camera or microphone. Throws DeviceRefused. */
export async function openDevice(constraints: MediaStreamConstraints): Promise<MediaStream> {
	if (!window.isSecureContext || navigator.mediaDevices === undefined) {
		throw new DeviceRefused('insecure');
	}
	try {
		return await navigator.mediaDevices.getUserMedia(constraints);
	} catch (error) {
		throw new DeviceRefused(refusalOf(error), error);
	}
}

/** Switch camera or microphone off. */
export function closeDevice(stream: MediaStream): void {
	stream.getTracks().forEach((track) => track.stop());
}

/** Why a browser refuses a device, by the name of its error; what it does not name is a device that another program holds. */
export function refusalOf(error: unknown): Refusal {
	return error instanceof Error || error instanceof DOMException ? (REFUSALS[error.name] ?? 'busy') : 'busy';
}
