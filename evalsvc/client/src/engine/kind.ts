import type { AnyControlNode, UploadNode } from '@getodk/xforms-engine';

import type { QuestionKind } from './question.ts';

const BY_TYPE: Readonly<Record<string, QuestionKind>> = {
	string: 'text',
	int: 'integer',
	decimal: 'decimal',
	date: 'date',
	time: 'time',
	dateTime: 'datetime',
	geopoint: 'position',
	geotrace: 'trace',
	geoshape: 'shape',
	barcode: 'barcode',
};

const BY_MEDIA: Readonly<Record<string, QuestionKind>> = { image: 'photo', audio: 'audio', video: 'video' };

/** What a screen draws for a control. A note that holds a value is shown as the answer that it is. */
export function kindOf(node: AnyControlNode): QuestionKind {
	switch (node.nodeType) {
		case 'note':
			return node.currentState.instanceValue === '' ? 'note' : (BY_TYPE[node.valueType] ?? 'text');
		case 'input':
			return BY_TYPE[node.valueType] ?? 'unknown';
		case 'select':
			return node.selectType === 'select1' ? 'choice' : 'choices';
		case 'upload':
			return mediaKind(node);
		case 'trigger':
			return 'acknowledge';
		default:
			return node.nodeType;
	}
}

function mediaKind(node: UploadNode): QuestionKind {
	const { appearances } = node;
	if (appearances['signature']) {
		return 'signature';
	}
	if (appearances['draw'] || appearances['annotate']) {
		return 'drawing';
	}
	return BY_MEDIA[node.nodeOptions.media.accept.split('/')[0] ?? ''] ?? 'file';
}
