using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Host.Watching;

/// <summary>A picture among the files of a run.</summary>
/// <param name="Name">What it shows: the name of its slider in MLflow, or of its file.</param>
/// <param name="Step">At which step; null where that is not known.</param>
/// <param name="Path">Where it is among the files.</param>
internal sealed partial record RunPicture(string Name, long? Step, string Path)
{
    /// <summary>Folder of images by step, and that of single pictures.</summary>
    public const string ByStep = "images", Single = "pictures";

    private const int SizeAt = 16, HeaderLength = 24;   // of a PNG file: signature, length and name of the first chunk, then width and height

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <summary>Name of the file.</summary>
    public string File => Path.Split('/')[^1];

    /// <summary>The newest of each name.</summary>
    /// <param name="files">Names of files in the folder of images by step.</param>
    public static IReadOnlyList<RunPicture> Newest(IEnumerable<string> files) =>
    [
        .. files.Select(file => (File: file, Parts: NameOfImage().Match(file))).Where(image => image.Parts.Success)
            .Select(image => new RunPicture(
                image.Parts.Groups["name"].Value.Replace('~', '/'), long.Parse(image.Parts.Groups["step"].Value, CultureInfo.InvariantCulture),
                $"{ByStep}/{image.File}"))
            .GroupBy(image => image.Name).Select(images => images.MaxBy(image => image.Step)!).OrderBy(image => image.Name, StringComparer.Ordinal),
    ];

    /// <summary>Pictures without a step.</summary>
    /// <param name="files">Names of files in the folder of single pictures.</param>
    public static IReadOnlyList<RunPicture> Singles(IEnumerable<string> files) =>
    [
        .. files.Where(file => file.EndsWith(".png", StringComparison.Ordinal))
            .Select(file => new RunPicture(System.IO.Path.GetFileNameWithoutExtension(file), null, $"{Single}/{file}")),
    ];

    /// <summary>Width and height of a picture; null when it is none.</summary>
    public static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> png) =>
        png.Length < HeaderLength || !png.StartsWith(Signature) ? null
            : (BinaryPrimitives.ReadInt32BigEndian(png[SizeAt..]), BinaryPrimitives.ReadInt32BigEndian(png[(SizeAt + 4)..]));

    // As StepImages names them; smaller copies end with +compressed.png.
    [GeneratedRegex(@"^(?<name>.+)\+step\+(?<step>[0-9]{1,18})\+timestamp\+[0-9]+\+[0-9a-f-]{36}\.png$", RegexOptions.ExplicitCapture)]
    private static partial Regex NameOfImage();
}
