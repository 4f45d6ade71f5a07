using System.Globalization;

namespace Parallax.Goldens;

/// <summary>Runs golden files against production code.</summary>
internal static class GoldenChecker
{
    /// <summary>Every <c>*.json</c> below a folder, in name order.</summary>
    public static IEnumerable<GoldenOutcome> CheckFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => CheckFile(path, Path.GetRelativePath(folder, path)));

    public static GoldenOutcome CheckFile(string path, string name)
    {
        var operation = "";
        try
        {
            using var scope = torch.NewDisposeScope();
            var golden = GoldenCase.Read(path);
            operation = golden.Operation;
            if (GoldenAdapters.For(operation) is not { } adapter)
            {
                return new(name, operation, GoldenStatus.Unknown, []);
            }

            var faults = Compare(golden, adapter(golden)).ToList();
            return new(name, operation, faults.Count == 0 ? GoldenStatus.Passed : GoldenStatus.Failed, faults);
        }
        catch (Exception error)   // one broken file or operation must not hide the verdict on the others; it is reported as a failure
        {
            return new(name, operation, GoldenStatus.Failed, [$"{error.GetType().Name}: {error.Message}"]);
        }
    }

    private static IEnumerable<string> Compare(GoldenCase golden, GoldenResult result)
    {
        var tolerance = string.Create(CultureInfo.InvariantCulture, $"tolerance rtol {golden.Relative}, atol {golden.Absolute}");
        foreach (var (name, expected) in golden.Outputs)
        {
            if (expected.Difference(result.Outputs.GetValueOrDefault(name), golden.Relative, golden.Absolute) is { } difference)
            {
                yield return $"output {name} {difference} ({tolerance})";
            }
        }

        if (golden.Gradients.Count == 0)
        {
            yield break;
        }

        result.Outputs["loss"].backward();
        foreach (var (name, expected) in golden.Gradients)
        {
            var leaf = result.Leaves.GetValueOrDefault(name) ?? golden.Input(name);
            if (expected.Difference(leaf.grad, golden.Relative, golden.Absolute) is { } difference)
            {
                yield return $"gradient of {name} {difference} ({tolerance})";
            }
        }
    }
}
