namespace Parallax.Host.Tracking;

/// <summary>Finds a run by the beginning of its identifier.</summary>
internal static class RunIds
{
    private const int MostShown = 8;

    /// <summary>The only known identifier that begins as given, or is exactly that; null when there is none.</summary>
    /// <param name="given">What the user wrote.</param>
    /// <param name="known">Identifiers, the newest run first.</param>
    /// <param name="place">Where they are, for the message.</param>
    /// <exception cref="ConfigurationException">Several begin so: names them.</exception>
    public static string? Find(string given, IEnumerable<string> known, string place)
    {
        var matches = known.Where(id => given.Length > 0 && id.StartsWith(given, StringComparison.Ordinal)).Distinct().ToList();
        if (matches.Count <= 1 || matches.Contains(given))
        {
            return matches.Contains(given) ? given : matches.SingleOrDefault();
        }

        var more = matches.Count > MostShown ? $" and {matches.Count - MostShown} more" : "";

        throw new ConfigurationException(
            $"'{given}' is the beginning of {matches.Count} runs in {place}: {string.Join(", ", matches.Take(MostShown))}{more}. Give more of the "
                + "one you mean.");
    }
}
