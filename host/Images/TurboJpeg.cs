using System.Runtime.InteropServices;

namespace Parallax.Host.Images;

/// <summary>The system's libjpeg-turbo, where it is installed: the same library as SkiaSharp's, but built with vector instructions, and about twice as
/// fast.</summary>
/// <remarks>
/// Both give the same pixels of undamaged files, because the fast and the plain code of the slow integer transform and of the smooth upsampling do: tested with
/// 2.1.5 against SkiaSharp's 3.1.4. What this library refuses, or warns of, is left to SkiaSharp, and so are colours that are not stored as luma and chroma.
/// Thread-safe: each thread has a decoder of its own.
/// </remarks>
internal static unsafe partial class TurboJpeg
{
    private const string Library = "libturbojpeg.so.0";
    private const int YCbCr = 1, Grey = 2;   // TJCS
    private const int Rgba = 7;              // TJPF
    private const int AccurateTransform = 4096;
    private const int SmallestReduced = 16;   // the library takes the largest reduction that fits; of a few pixels a smaller one fits, too

    [ThreadStatic]
    private static Decoder? _decoder;

    /// <summary>Whether the library is installed.</summary>
    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>Which decoder takes JPEG files, for records of runs.</summary>
    public static string DecoderName => IsInstalled ? Library : $"SkiaSharp {typeof(SkiaSharp.SKCodec).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Decodes a JPEG to four bytes per pixel.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="size">Size of the result: the stored one, or that by 2, 4 or 8 smaller.</param>
    /// <param name="pixels">Receives the pixels, row by row.</param>
    /// <returns>False when it did not; the pixels are undefined then.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> file, ImageSize size, Span<byte> pixels)
    {
        if (!IsInstalled || pixels.Length < size.Height * size.Width * sizeof(uint))
        {
            return false;
        }

        _decoder ??= new Decoder();
        fixed (byte* bytes = file, result = pixels)
        {
            return ReadHeader(_decoder, bytes, (nuint)file.Length, out var width, out var height, out _, out var colours) == 0
                && colours is YCbCr or Grey && (size == new ImageSize(height, width) || Math.Min(height, width) >= SmallestReduced)
                && Decompress(_decoder, bytes, (nuint)file.Length, result, size.Width, size.Width * sizeof(uint), size.Height, Rgba, AccurateTransform) == 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    private static partial nint Create();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint decoder);

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    private static partial int ReadHeader(
        Decoder decoder, byte* file, nuint length, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    private static partial int Decompress(
        Decoder decoder, byte* file, nuint length, byte* pixels, int width, int bytesPerRow, int height, int format, int flags);

    /// <summary>A native decoder; freed after its thread is gone.</summary>
    private sealed class Decoder : SafeHandle
    {
        public Decoder()
            : base(0, ownsHandle: true) => SetHandle(Create());

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => Destroy(handle) == 0;
    }
}
