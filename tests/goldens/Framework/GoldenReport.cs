using System.Text.Json;

namespace Parallax.Goldens;

/// <summary>Checks a folder and prints the verdict; the last line of the plain form is <c>N passed, N failed, N unknown</c>.</summary>
internal static class GoldenReport
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <returns>Exit code: 0 without failures, 1 with failures, 2 when there is nothing to check.</returns>
    public static int Run(string folder, bool json, TextWriter output)
    {
        if (!Directory.Exists(folder))
        {
            output.WriteLine($"Folder '{folder}' does not exist; --goldens expects a folder of golden JSON files.");
            return 2;
        }

        var outcomes = GoldenChecker.CheckFolder(folder).ToList();
        if (outcomes.Count == 0)
        {
            output.WriteLine($"Folder '{folder}' holds no *.json file, not even in subfolders.");
            return 2;
        }

        var failed = Count(outcomes, GoldenStatus.Failed);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    passed = Count(outcomes, GoldenStatus.Passed),
                    failed,
                    unknown = Count(outcomes, GoldenStatus.Unknown),
                    files = outcomes.Select(o => new { o.File, o.Operation, status = StatusName(o.Status), o.Faults }),
                },
                Indented));
        }
        else
        {
            Print(outcomes, output);
        }

        return failed > 0 ? 1 : 0;
    }

    private static void Print(List<GoldenOutcome> outcomes, TextWriter output)
    {
        foreach (var failure in outcomes.Where(o => o.Status == GoldenStatus.Failed))
        {
            output.WriteLine($"FAILED {failure.File} ({failure.Operation})");
            foreach (var fault in failure.Faults)
            {
                output.WriteLine($"  {fault}");
            }
        }

        foreach (var operation in outcomes.Where(o => o.Status == GoldenStatus.Unknown).GroupBy(o => o.Operation).OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"unknown {operation.Key}: {operation.Count()} files");
        }

        output.WriteLine($"{Count(outcomes, GoldenStatus.Passed)} passed, {Count(outcomes, GoldenStatus.Failed)} failed, "
            + $"{Count(outcomes, GoldenStatus.Unknown)} unknown");
    }

    private static int Count(List<GoldenOutcome> outcomes, GoldenStatus status) => outcomes.Count(o => o.Status == status);

    private static string StatusName(GoldenStatus status) => status switch
    {
        GoldenStatus.Passed => "passed",
        GoldenStatus.Failed => "failed",
        _ => "unknown",
    };
}
