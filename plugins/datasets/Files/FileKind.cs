namespace Parallax.Plugins.Datasets;

/// <summary>What a data set is made of: the files that count, and the words of messages.</summary>
/// <param name="Name">What a file holds: "image". An s makes it many.</param>
/// <param name="Plugin">Data set that reads such files.</param>
/// <param name="Expected">A pattern of names, as messages write it.</param>
/// <param name="Extensions">How names end, in upper or lower case.</param>
internal sealed record FileKind(string Name, string Plugin, string Expected, string[] Extensions)
{
    public static FileKind Image { get; } = new("image", "image-folder", "*.jpg (or .jpeg, .png, .webp, .gif, .bmp)",
        [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp"]);

    public static FileKind Video { get; } = new("video", "video-folder", "*.mp4 (or .avi, .mkv, .webm, .mov, .gif)",
        [".avi", ".mp4", ".mkv", ".webm", ".mov", ".gif"]);

    /// <summary>As messages call several.</summary>
    public string Names => $"{Name}s";

    /// <summary>A sentence that names the data set for files that are of the other kind; empty when they are not.</summary>
    /// <param name="extensions">Of the files that are there.</param>
    public string Hint(IEnumerable<string> extensions)
    {
        var other = this == Image ? Video : Image;

        return extensions.Any(other.Has) ? $" It has {other.Names}: data.name: {other.Plugin} reads them." : "";
    }

    public bool Has(string extension) => Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase);
}
