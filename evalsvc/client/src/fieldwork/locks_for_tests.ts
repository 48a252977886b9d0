/** Web Locks for Node, which has none: as the specification has them, for exclusive locks within one page. */
type Granted = (lock: Lock | null) => unknown;

export function giveLocks(): void {
	const held = new Set<string>();
	const waiting = new Map<string, (() => void)[]>();

	async function run(name: string, granted: Granted): Promise<unknown> {
		held.add(name);
		try {
			return await granted({ name, mode: 'exclusive' });
		} finally {
			held.delete(name);
			waiting.get(name)?.shift()?.();
		}
	}

	function inLine(name: string, granted: Granted, signal: AbortSignal | undefined): Promise<unknown> {
		return new Promise((resolve, reject) => {
			const line = waiting.get(name) ?? [];
			const go = () => void run(name, granted).then(resolve, reject);
			waiting.set(name, [...line, go]);
			signal?.addEventListener('abort', () => {
				const others = waiting.get(name)?.filter((each) => each !== go) ?? [];
				if (others.length !== waiting.get(name)?.length) {
					waiting.set(name, others);
					reject(signal.reason as Error);
				}
			});
		});
	}

	async function request(name: string, first: LockOptions | Granted, second?: Granted): Promise<unknown> {
		const options = typeof first === 'function' ? {} : first;
		const granted = typeof first === 'function' ? first : (second ?? (() => undefined));
		if (!held.has(name)) {
			return run(name, granted);
		}
		return options.ifAvailable ? granted(null) : inLine(name, granted, options.signal);
	}
	Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
}
