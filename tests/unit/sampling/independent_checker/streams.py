"""Section 9 of the page: a stream's numbers, and draws with replacement by them."""

from .frames import H

WORD = 2**64


def philox(counter, key):
    """Four words of Philox 4x64-10 (Salmon et al. 2011); `counter` and `key` are one integer each."""
    a, b, c, d = (counter >> 64 * i & WORD - 1 for i in range(4))
    low, high = key & WORD - 1, key >> 64
    for _ in range(10):
        first, second = a * 0xD2E7470EE14C6C93, c * 0xCA5A826395121157
        a, b, c, d = second >> 64 ^ b ^ low, second & WORD - 1, first >> 64 ^ d ^ high, first & WORD - 1
        low, high = (low + 0x9E3779B97F4A7C15) % WORD, (high + 0xBB67AE8584CAA73B) % WORD
    return a, b, c, d


def numbers(text, n):
    """The first n numbers of the stream of a text."""
    key = int(H(text)[:32], 16)
    words = [word for block in range(-(-n // 4)) for word in philox(block + 1, key)]
    return [(word >> 12) / 2**52 for word in words[:n]]


def with_replacement(units, n, text):
    """Gives [(id, ticket, numerator, denominator)] of the units drawn, and how often by id."""
    ordered = sorted(units, key=lambda u: (u[3], u[1], u[0]))
    total = sum(u[2] for u in ordered)
    times = {}
    for number in numbers(text, n):
        point, cum = number * total, 0
        for unit_id, _, size, _ in ordered:
            cum += size
            if point < cum:
                times[unit_id] = times.get(unit_id, 0) + 1
                break
    return [(u[0], u[1], n * u[2], total) for u in ordered if u[0] in times], times
