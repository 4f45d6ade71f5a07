using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Parallax.Host.Weights;

/// <summary>An array of NumPy, [N, F] float32.</summary>
/// <remarks>Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.</remarks>
internal static partial class NumPyArray
{
    /// <summary>Bytes before the text of the header.</summary>
    public const int FixedBytes = 10;

    private static readonly byte[] _beginning = [0x93, .. "NUMPY"u8, 1, 0];

    /// <summary>What a file begins with.</summary>
    public static ReadOnlySpan<byte> Beginning => _beginning;

    /// <summary>Whether a file begins as one, of whatever version.</summary>
    /// <param name="file">A file that is there.</param>
    public static bool Recognises(string file)
    {
        using var stream = File.OpenRead(file);
        var start = new byte[6];   // without the version

        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && Beginning.StartsWith(start);
    }

    /// <summary>Reads it.</summary>
    /// <param name="file">A file that is there.</param>
    /// <exception cref="ConfigurationException">It is another kind of array, or none.</exception>
    public static Tensor Read(string file)
    {
        using var stream = File.OpenRead(file);
        var start = new byte[FixedBytes];
        if (stream.ReadAtLeast(start, FixedBytes, throwOnEndOfStream: false) < FixedBytes || !start.AsSpan(0, _beginning.Length).SequenceEqual(_beginning))
        {
            throw Bad(file, "it does not begin as one");
        }

        var header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(_beginning.Length))];
        var length = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        var match = HeaderText().Match(Encoding.ASCII.GetString(header, 0, length));
        if (!match.Success)
        {
            throw Bad(file, "its header describes something else");
        }

        var shape = new[] { 1, 2 }.Select(group => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture)).ToArray();
        var bytes = sizeof(float) * (long)shape[0] * shape[1];

        return stream.Length - stream.Position == bytes ? SafeTensors.ReadValues(stream, ScalarType.Float32, [shape[0], shape[1]])
            : throw Bad(file, $"its header promises {bytes} bytes, and {stream.Length - stream.Position} follow");
    }

    private static ConfigurationException Bad(string file, string what) =>
        new($"{file} cannot be read: expected a .npy array of version 1.0, float32, row by row, [N, F], but {what}. Write it again.");

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,9}), (\d{1,9})\), \}\s*$")]
    private static partial Regex HeaderText();
}
