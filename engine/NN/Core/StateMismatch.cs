using System.Text;

namespace Parallax.Torch;

/// <summary>Says in one message how a state dictionary differs from the module it is loaded into.</summary>
internal static class StateMismatch
{
    private const int Listed = 12;

    /// <exception cref="InvalidOperationException">There is any difference.</exception>
    public static void ThrowIfAny(
        string module,
        IReadOnlyDictionary<string, Tensor> own,
        IReadOnlyDictionary<string, Tensor> source,
        IEnumerable<string> common,
        IReadOnlyList<string> missing,
        IReadOnlyList<string> unexpected)
    {
        var shapes = common
            .Where(k => !own[k].shape.AsSpan().SequenceEqual(source[k].shape))
            .Select(k => $"'{k}': {module} has {Text(own[k].shape)}, the source {Text(source[k].shape)}")
            .ToList();
        if (shapes.Count + missing.Count + unexpected.Count == 0)
        {
            return;
        }

        var text = new StringBuilder($"The state does not fit {module}; nothing was loaded.");
        Append(text, "Different shapes", shapes);
        Append(text, "Missing in the source", missing);
        Append(text, "Unknown to the module", unexpected);
        if (missing.Count + unexpected.Count > 0)
        {
            text.Append("\nPass strict: false to load only the names both have, or skip: to leave some out.");
        }

        throw new InvalidOperationException(text.ToString());
    }

    private static void Append(StringBuilder text, string title, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            var more = items.Count > Listed ? $", and {items.Count - Listed} more" : "";
            text.Append($"\n{title} ({items.Count}): {string.Join(", ", items.Take(Listed))}{more}");
        }
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
