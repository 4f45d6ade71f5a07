namespace Parallax.Engine;

/// <summary>Bytes of a mapped file, which may be longer than a span.</summary>
internal readonly unsafe struct MappedBytes(byte* start, long length)
{
    /// <summary>Number of bytes.</summary>
    public long Length => length;

    /// <summary>A part of at most 2 GB.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, length);
        return new(start + offset, count);
    }
}
