/** What a sign-in code says: the address of the service with the token of the device in it. */

const SERVICE = /^https?:\/\/[^\s/]+\/(?:[^\s]*\/)?v1\/key\/[^/\s]+\/evaluations\/[^/\s?#]+/;
const IN_LINK = /#\/sign-in\?(.*)$/;

/**
 * Find the service's address in what was scanned, pasted or opened: the address itself, a link to this application that
 * carries it, or the settings code of ODK Collect (Base64 of deflated JSON). Null where there is none.
 */
export async function addressIn(text: string): Promise<string | null> {
	const given = text.trim();
	const linked = IN_LINK.exec(given)?.[1];
	if (linked !== undefined) {
		return serviceAddress(new URLSearchParams(linked).get('server') ?? '');
	}
	return serviceAddress(given) ?? (await addressInSettings(given));
}

/** The service that an address belongs to, as `https://host:port`. */
export function originOf(address: string): string {
	return new URL(address).origin;
}

function serviceAddress(text: string): string | null {
	return SERVICE.exec(text)?.[0] ?? null;
}

async function addressInSettings(text: string): Promise<string | null> {
	try {
		const packed = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
		const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
		const settings = JSON.parse(await new Response(unpacked).text()) as { general?: { server_url?: string } };
		return serviceAddress(settings.general?.server_url ?? '');
	} catch {
		// Whatever else is on a code is no sign-in.
		return null;
	}
}
