using System.Runtime.InteropServices;

namespace Parallax.Plugins.Datasets;

/// <summary>Where a path leads once all links in it are followed.</summary>
internal static partial class RealPath
{
    /// <summary>
    /// The absolute path without links, with forward slashes and none at its end; the root of all is empty. There is none of what does not exist, and of links
    /// in a ring.
    /// </summary>
    public static string? Of(string path) => realpath(path, 0)?.TrimEnd('/');

    /// <summary>The steps of a path, without those that stay where they are.</summary>
    public static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial string? realpath(string path, nint target);
}
