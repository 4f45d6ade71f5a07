using System.Globalization;

namespace Parallax.Host.Tracking;

/// <summary>The parameters with which a stored run was trained last.</summary>
internal static class LastParameters
{
    /// <summary>Parameters keep their first value; what a resumed run changed stands in tags, of which those of the last session count.</summary>
    /// <param name="run">The run.</param>
    public static IReadOnlyDictionary<string, string> Of(StoredRun run)
    {
        var last = new Dictionary<string, string>(run.Params);
        foreach (var session in run.Tags.Keys.Select(SessionOf).OfType<int>().Distinct().Order())
        {
            foreach (var key in run.Params.Keys)
            {
                last[key] = run.Tags.GetValueOrDefault(KeyRules.ResumedParam(session, key)) ?? last[key];
            }
        }

        return last;
    }

    private static int? SessionOf(string tag) => tag.StartsWith(KeyRules.ResumedPrefix, StringComparison.Ordinal)
        && int.TryParse(tag[KeyRules.ResumedPrefix.Length..].Split('.')[0], CultureInfo.InvariantCulture, out var session) ? session : null;
}
