using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Parallax.Host.Packing;

/// <summary>The bytes of a packed file, little-endian: head, description, one record per sample, index, tail.</summary>
/// <remarks>
/// <para>Head: mark, version, length and check sum of the description. Record: <see cref="PackRecord"/>, name, bytes. Index: an <see cref="PackEntry"/> per
/// sample. Tail: place and check sum of the index, mark.</para>
/// <para>A file without tail was not finished. Its records tell themselves where they end and whether they are whole, so packing can go on behind the last
/// whole one. Check sums are XXH3, 64 bits.</para>
/// </remarks>
internal static class PackFormat
{
    public const int Version = 1;

    public static ReadOnlySpan<byte> Mark => "PARALLAX"u8;

    public static ReadOnlySpan<byte> EndMark => "XALLARAP"u8;

    public static void Write<T>(Stream target, T value)
        where T : unmanaged => target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}

/// <summary>The beginning of a packed file.</summary>
/// <param name="Mark"><see cref="PackFormat.Mark"/>.</param>
/// <param name="Version"><see cref="PackFormat.Version"/>.</param>
/// <param name="Length">Bytes of the description that follows.</param>
/// <param name="Hash">Check sum of the description.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PackHead(ulong Mark, int Version, int Length, ulong Hash)
{
    public static unsafe int Bytes => sizeof(PackHead);
}

/// <summary>The end of a packed file.</summary>
/// <param name="Index">Where the index begins.</param>
/// <param name="Hash">Check sum of the index.</param>
/// <param name="Mark"><see cref="PackFormat.EndMark"/>.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PackTail(long Index, ulong Hash, ulong Mark)
{
    public static unsafe int Bytes => sizeof(PackTail);
}

/// <summary>Where a sample lies, and its class.</summary>
/// <param name="Offset">Where its record begins.</param>
/// <param name="Label">Its class; -1 without labels.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct PackEntry(long Offset, int Label)
{
    public static unsafe int Bytes => sizeof(PackEntry);
}

/// <summary>What a record holds.</summary>
internal enum PackKind
{
    /// <summary>The bytes of an image file.</summary>
    File,

    /// <summary>Planes, one byte for each pixel.</summary>
    Pixels,

    /// <summary>Nothing but the reason why the image could not be read when it was packed, in UTF-8.</summary>
    Unreadable,

    /// <summary>The frames of a video (<see cref="PackedFrames"/>).</summary>
    Frames,
}

/// <summary>The beginning of a sample.</summary>
/// <param name="Hash">Check sum of all that follows.</param>
/// <param name="Kind">What the record holds.</param>
/// <param name="Label">Its class.</param>
/// <param name="Height">Rows; 0 in a file.</param>
/// <param name="Width">Columns; 0 in a file.</param>
/// <param name="NameLength">Bytes of the name that follows.</param>
/// <param name="Length">Bytes behind the name.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PackRecord(ulong Hash, PackKind Kind, int Label, int Height, int Width, int NameLength, int Length)
{
    public static unsafe int Bytes => sizeof(PackRecord);

    /// <summary>Bytes of the whole record.</summary>
    public long Total => (long)Bytes + NameLength + Length;

    /// <summary>The check sum that belongs to a record.</summary>
    /// <param name="record">The whole record, its own check sum of any value.</param>
    public static ulong HashOf(ReadOnlySpan<byte> record) => XxHash3.HashToUInt64(record[sizeof(ulong)..]);
}
