/** Sample values, all invented. */

import type { DeviceInfo, Task } from '../model.ts';

/** What a device is told. */
export const DEVICE: DeviceInfo = {
	person: { id: 'p1', name: '示例调查员' },
	evaluation: { id: 'e1', title: '示例项目' },
	server_time: '2026-03-01T08:00:00Z',
	token_expires_at: '2026-06-01T08:00:00Z',
	unsent_key: { id: 'k1', spki: 'AAAA' },
	settings: { geofence_metres: 1000, photo_pixels: 1600, keep_exif: false },
};

/** A household as a device is told of it. */
export const TASK: Task = {
	assignment_id: 'a1',
	unit_id: '示例户 001',
	county: '示例县',
	village: '示例村',
	stratum: '一般农户',
	form_id: 'household',
	version: '1',
	unannounced: null,
	disposition: null,
	received: 0,
	position: { latitude: 26.1, longitude: 118.2 },
	prior: [{ column: 'registered', label: { zh: '是否建档', en: 'Registered' }, value: '否' }],
	filled: { unit_id: '示例户 001' },
};
