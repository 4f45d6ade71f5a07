namespace Parallax.Contracts;

/// <summary>
/// A random generator without history: its numbers depend only on the key (seed, epoch, sample, view) and on how many were drawn before.
/// So any number of workers draws the same augmentations, and a resumed run equals an uninterrupted one.
/// </summary>
/// <remarks>Philox-4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011), the generator of CUDA's own libraries.</remarks>
public struct CounterRandom
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85, ViewFactor = 0x9E3779B9;

    private readonly uint _key0, _key1, _counter1, _counter2, _counter3;
    private readonly int _view;
    private uint _counter0, _b0, _b1, _b2, _b3;
    private int _left;

    /// <summary>Starts the sequence of one key.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="sample">Index of the sample in its data set.</param>
    /// <param name="view">View of the sample, from 0; other uses of a sample have a <see cref="RandomPurpose"/>.</param>
    public CounterRandom(long seed, long epoch, long sample, int view)
    {
        _key0 = (uint)seed;
        _key1 = (uint)(seed >> 32) ^ ((uint)view * ViewFactor);
        _counter1 = (uint)sample;
        _counter2 = (uint)(sample >> 32) ^ ((uint)(epoch >> 32) << 16);
        _counter3 = (uint)epoch;
        _view = view;
    }

    /// <summary>Starts the sequence of one key that is no view.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="sample">What the purpose tells apart: a sample, a step.</param>
    /// <param name="purpose">What is drawn.</param>
    /// <param name="part">Part of it, from 0.</param>
    public CounterRandom(long seed, long epoch, long sample, RandomPurpose purpose, int part = 0)
        : this(seed, epoch, sample, view: (int)purpose - part)
    {
    }

    private CounterRandom(CounterRandom other, int view)
    {
        (_key0, _counter1, _counter2, _counter3, _view) = (other._key0, other._counter1, other._counter2, other._counter3, view);
        _key1 = other._key1 ^ ((uint)other._view * ViewFactor) ^ ((uint)view * ViewFactor);
    }

    /// <summary>The sequence of another view of the same sample in the same epoch, from its start: what that view draws can be drawn again here.</summary>
    /// <param name="view">The other view.</param>
    public readonly CounterRandom OfView(int view) => new(this, view);

    /// <summary>The next 32 bits, uniform.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            Refill();
        }

        return --_left switch { 3 => _b0, 2 => _b1, 1 => _b2, _ => _b3 };
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        ulong high = NextUInt32() >> 5, low = NextUInt32() >> 6;

        return ((high << 26) + low) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>True with the given probability, a fraction in [0, 1].</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Uniform over 0, ..., <paramref name="exclusiveMaximum"/> - 1, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not positive.</exception>
    public int NextInt(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        var bound = (uint)exclusiveMaximum;
        var product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)   // Lemire's rejection: the few values that would favour some results
        {
            var threshold = (uint)-(int)bound % bound;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Puts the items into random order (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private void Refill()
    {
        uint c0 = _counter0++, c1 = _counter1, c2 = _counter2, c3 = _counter3, k0 = _key0, k1 = _key1;
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)M0 * c0;
            var p1 = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }

        (_b0, _b1, _b2, _b3, _left) = (c0, c1, c2, c3, 4);
    }
}
