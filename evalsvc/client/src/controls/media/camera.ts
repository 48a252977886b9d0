/** The camera that a scanner looks through. */
import { openDevice } from './devices.ts';

/** Light and sharpness are settings of a camera's track that TypeScript does not know yet. */
interface Abilities {
	readonly torch?: boolean;
}

/** Open the camera at the back, sharp enough for a small code. Throws DeviceRefused. */
export function openCamera(facing: 'environment' | 'user'): Promise<MediaStream> {
	return openDevice({ video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 } } });
}

export function hasTorch(stream: MediaStream): boolean {
	const track = stream.getVideoTracks()[0];
	return (track?.getCapabilities?.() as Abilities | undefined)?.torch === true;
}

/** Switch the light; a camera that does not obey leaves it as it is. */
export async function switchTorch(stream: MediaStream, on: boolean): Promise<boolean> {
	const light = { advanced: [{ torch: on } as MediaTrackConstraintSet] };
	const track = stream.getVideoTracks()[0];
	return (
		(await track?.applyConstraints(light).then(
			() => on,
			() => !on,
		)) ?? false
	);
}
