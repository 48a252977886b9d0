/** Web Locks for Node, which has none: as the specification has them, for exclusive locks within one page. */
type Granted = (lock: Lock | null) => unknown;

export function giveLocks(): void {
	const tails = new Map<string, Promise<unknown>>();
	const held = new Set<string>();

	async function run(name: string, granted: Granted): Promise<unknown> {
		held.add(name);
		try {
			return await granted({ name, mode: 'exclusive' });
		} finally {
			held.delete(name);
		}
	}

	function request(name: string, first: LockOptions | Granted, second?: Granted): Promise<unknown> {
		const options = typeof first === 'function' ? {} : first;
		const granted = typeof first === 'function' ? first : (second ?? (() => undefined));
		if (options.ifAvailable && held.has(name)) {
			return Promise.resolve().then(() => granted(null));
		}
		const before = tails.get(name) ?? Promise.resolve();
		const turn = options.ifAvailable ? run(name, granted) : before.then(() => run(name, granted));
		tails.set(
			name,
			turn.catch(() => undefined),
		);
		return turn;
	}
	Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
}
