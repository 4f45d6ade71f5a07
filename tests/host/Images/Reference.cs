using System.Security.Cryptography;
using System.Text.Json;

namespace Parallax.Host.Tests.Images;

/// <summary>The files beside this one, and what Pillow reads from them; <c>files/make.py</c> made both.</summary>
/// <param name="Height">Upright rows.</param>
/// <param name="Width">Upright columns.</param>
/// <param name="Rgb">Digest of <c>convert("RGB")</c>, row by row.</param>
/// <param name="Grey">Digest of <c>convert("L")</c>.</param>
internal sealed record Reference(int Height, int Width, string Rgb, string Grey = "")
{
    private const string Turned = " turned ";
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests", "host", "Images", "files");
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<string, Dictionary<string, Reference>> References =
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, Reference>>>(File.ReadAllText(Path.Combine(Folder, "references.json")), Json)!;

    /// <summary>All of them, by name.</summary>
    public static Dictionary<string, Reference> All => References["full"];

    /// <summary>What Pillow reads after <c>draft</c>, by "NAME by REDUCTION".</summary>
    public static Dictionary<string, Reference> Reduced => References["reduced"];

    /// <summary>The bytes of a file; "NAME turned N" gives it an EXIF orientation.</summary>
    public static byte[] BytesOf(string name)
    {
        var parts = name.Split(Turned);
        var file = File.ReadAllBytes(Path.Combine(Folder, parts[0]));

        return parts.Length == 1 ? file : WithOrientation(file, byte.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Digest of pixels as <c>make.py</c> takes it.</summary>
    public static string Digest(ImageBuffer image)
    {
        var bytes = new byte[image.Pixels.Length];
        var plane = image.Height * image.Width;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)MathF.Round(image.Pixels[(i % image.Channels * plane) + (i / image.Channels)] * 255);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
    }

    /// <summary>An Exif segment behind the JPEG's first marker.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif = [.. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }
}
