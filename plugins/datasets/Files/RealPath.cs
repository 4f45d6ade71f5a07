namespace Parallax.Plugins.Datasets;

/// <summary>Where a path leads once all links in it are followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;   // as Linux allows

    /// <summary>
    /// The absolute path without links, with forward slashes and none at its end; the root of all is empty. What does not exist is taken as it stands; of links
    /// in a ring there is none.
    /// </summary>
    public static string? Of(string path)
    {
        var rest = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var (real, links) = ("", 0);
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }

            var next = $"{real}/{part}";
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (links++ >= MostLinks)
            {
                return null;
            }

            real = target.StartsWith('/') ? "" : real;
            foreach (var step in Parts(target).Reverse())
            {
                rest.Push(step);
            }
        }

        return real;
    }

    /// <summary>The steps of a path, without those that stay where they are.</summary>
    public static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));
}
