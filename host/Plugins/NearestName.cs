namespace Parallax.Host.Plugins;

/// <summary>Finds what the user probably meant.</summary>
public static class NearestName
{
    /// <summary>The known name with the fewest edits, when they are few for its length; else null.</summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        var best = known
            .Select(name => (Name: name, Distance: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault();

        return best.Name is not null && best.Distance <= Math.Max(2, Compared(given, best.Name) / 3) ? best.Name : null;
    }

    /// <summary>A sentence or two to put after "there is no such name", with a space before: the nearest name and all known ones.</summary>
    public static string Hint(string given, IEnumerable<string> known)
    {
        string[] names = [.. known.Order(StringComparer.Ordinal)];
        var nearest = Of(given, names) is { } name ? $" Did you mean '{name}'?" : "";

        return nearest + (names.Length == 0 ? " None is known." : $" Known: {string.Join(", ", names)}.");
    }

    // Letters that tell them apart: of METHOD/RECIPE an equal RECIPE says nothing for another METHOD.
    private static int Compared(string given, string name)
    {
        var (at, its) = (given.LastIndexOf('/'), name.LastIndexOf('/'));
        var isSame = at >= 0 && its >= 0 && given[at..].Equals(name[its..], StringComparison.OrdinalIgnoreCase);

        return isSame ? Math.Max(at, its) : Math.Max(given.Length, name.Length);
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one text to the other.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = Math.Min(i, j) == 0 ? Math.Max(i, j) : Math.Min(
                    Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                    table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
