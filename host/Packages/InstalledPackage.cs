using System.Text.Json;

namespace Parallax.Host.Packages;

/// <summary>A plugin folder that was installed from a package, as the file <see cref="FileName"/> in it says.</summary>
/// <param name="Id">Name of the package.</param>
/// <param name="Version">Version of the package.</param>
/// <param name="Source">Where it came from.</param>
internal sealed record InstalledPackage(string Id, string Version, string Source)
{
    /// <summary>Name of the file in the plugin folder.</summary>
    public const string FileName = "parallax-package.json";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>What a plugin folder was installed from; null for one that was put there by hand.</summary>
    /// <param name="folder">The plugin folder.</param>
    public static InstalledPackage? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<InstalledPackage>(File.ReadAllText(file), Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="folder">The plugin folder.</param>
    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Options) + "\n");
}
