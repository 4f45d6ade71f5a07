using System.Reflection;

namespace Parallax.Goldens;

/// <summary>All adapters of this assembly, by operation.</summary>
internal static class GoldenAdapters
{
    private static readonly Dictionary<string, Func<GoldenCase, GoldenResult>> ByOperation = Find();

    public static Func<GoldenCase, GoldenResult>? For(string operation) => ByOperation.GetValueOrDefault(operation);

    private static Dictionary<string, Func<GoldenCase, GoldenResult>> Find()
    {
        var found = new Dictionary<string, Func<GoldenCase, GoldenResult>>();
        foreach (var method in typeof(GoldenAdapters).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public)))
        {
            foreach (var attribute in method.GetCustomAttributes<GoldenAttribute>())
            {
                found.Add(attribute.Operation, method.CreateDelegate<Func<GoldenCase, GoldenResult>>());
            }
        }

        return found;
    }
}
