namespace Parallax.OpGen;

/// <summary>From the text of ops.txt to the generated files.</summary>
public static class Generator
{
    /// <summary>The schemas of ops.txt under their headings, in order.</summary>
    /// <exception cref="FormatException">A line is neither a heading, a comment, nor a schema, or an operator is listed twice.</exception>
    public static IReadOnlyList<(string Topic, Schema Schema)> Read(string text)
    {
        var topic = "";
        var found = new List<(string, Schema)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                topic = line[3..];
            }
            else if (!line.StartsWith('#'))
            {
                var schema = Schema.Parse(line);
                found.Add(seen.Add(schema.Method) ? (topic, schema) : throw new FormatException($"{schema.Method} is listed twice in ops.txt."));
            }
        }

        return found;
    }

    /// <summary>File name to file text.</summary>
    public static IReadOnlyDictionary<string, string> Generate(string text) => Read(text)
        .GroupBy(entry => entry.Topic)
        .ToDictionary(group => $"Ops.{group.Key}.g.cs", group => Emitter.File(group.Select(entry => entry.Schema).ToList()));
}
