/** What the form screen provides to the controls beside files: the settings of the evaluation, the place of the household. */
import { inject, type InjectionKey } from 'vue';

import type { DeviceSettings } from '../../model.ts';
import type { Place } from './distance.ts';

/** Where the household is known to be, and from how many metres on a position is doubted. */
export interface Geofence extends Place {
	readonly metres: number;
}

export const settingsKey: InjectionKey<DeviceSettings> = Symbol('settings of the device');

/** Null where the household's place is not known, or the question is not about a household. */
export const geofenceKey: InjectionKey<Geofence | null> = Symbol('where the household is known to be');

/** The settings of the device; a screen that forgets to provide them is a mistake of ours. */
export function deviceSettings(): DeviceSettings {
	const settings = inject(settingsKey);
	if (settings === undefined) {
		throw new Error('the form screen provides no settings');
	}
	return settings;
}
