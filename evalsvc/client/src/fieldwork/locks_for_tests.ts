/** Web Locks for Node, which has none: as the specification has them, exclusive and shared, within one page. */
type Granted = (lock: Lock | null) => unknown;

interface Request {
	readonly mode: LockMode;
	go(): void;
}

export function giveLocks(): void {
	const held = new Map<string, LockMode[]>();
	const waiting = new Map<string, Request[]>();
	const modes = (name: string) => held.get(name) ?? [];
	const line = (name: string) => waiting.get(name) ?? [];
	const fits = (name: string, mode: LockMode) =>
		modes(name).length === 0 || (mode === 'shared' && modes(name).every((each) => each === 'shared'));

	async function run(name: string, mode: LockMode, granted: Granted): Promise<unknown> {
		held.set(name, [...modes(name), mode]);
		try {
			return await granted({ name, mode });
		} finally {
			held.set(name, modes(name).toSpliced(modes(name).indexOf(mode), 1));
			goOn(name);
		}
	}

	/** Grant what waits, in turn, as far as it fits. */
	function goOn(name: string): void {
		const [first, ...others] = line(name);
		if (first !== undefined && fits(name, first.mode)) {
			waiting.set(name, others);
			first.go();
			goOn(name);
		}
	}

	function inLine(name: string, mode: LockMode, granted: Granted, signal?: AbortSignal): Promise<unknown> {
		return new Promise((resolve, reject) => {
			const one = { mode, go: () => void run(name, mode, granted).then(resolve, reject) };
			waiting.set(name, [...line(name), one]);
			signal?.addEventListener('abort', () => {
				if (line(name).includes(one)) {
					waiting.set(
						name,
						line(name).filter((each) => each !== one),
					);
					reject(signal.reason as Error);
				}
			});
		});
	}

	async function request(name: string, first: LockOptions | Granted, second?: Granted): Promise<unknown> {
		const options = typeof first === 'function' ? {} : first;
		const granted = typeof first === 'function' ? first : (second ?? (() => undefined));
		const mode = options.mode ?? 'exclusive';
		if (line(name).length === 0 && fits(name, mode)) {
			return run(name, mode, granted);
		}
		return options.ifAvailable ? granted(null) : inLine(name, mode, granted, options.signal);
	}
	Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
}
