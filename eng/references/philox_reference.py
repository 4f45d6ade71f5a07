"""Prints known answers for CounterRandom: Philox-4x32-10 written from the paper, checked against the vectors that its authors publish with Random123.

    python3 eng/references/philox_reference.py
"""
MASK = 0xFFFFFFFF


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return [c0, c1, c2, c3]


def counter_random(seed, epoch, sample, view, blocks=2):
    key = (seed & MASK, ((seed >> 32) & MASK) ^ (view * 0x9E3779B9 & MASK))
    rest = (sample & MASK, ((sample >> 32) & MASK) ^ ((epoch >> 32 & MASK) << 16 & MASK), epoch & MASK)
    return [word for block in range(blocks) for word in philox((block, *rest), key)]


PUBLISHED = [
    ([0] * 4, [0] * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ([MASK] * 4, [MASK] * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0], "d16cfe09 94fdcceb 5001e420 24126ea1"),
]

if __name__ == "__main__":
    for counter, key, words in PUBLISHED:
        assert " ".join(f"{w:08x}" for w in philox(counter, key)) == words, (counter, key)
    for arguments in ((0, 0, 0, 0), (1, 2, 3, 4), (-1, 7, 123456789012, -5), (0x0123456789ABCDEF, 99, 49999, 1)):
        print(arguments, " ".join(f"{w:08x}" for w in counter_random(*arguments)))
