using System.Diagnostics;
using System.Text.Json;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>A benchmark program that can be started to measure: this one, or that of another revision.</summary>
/// <param name="program">Its <c>Parallax.Benchmarks.dll</c>.</param>
/// <param name="name">What messages call it.</param>
internal sealed class MeasuringProcess(string program, string name)
{
    /// <summary>Version of what is exchanged with a measuring process. Raised when an older program would misunderstand.</summary>
    public const int Protocol = 1;

    // The compiler at its best from the first call, so that neither time nor allocations depend on how far it has come; one thread; no address of a server.
    private static readonly Dictionary<string, string?> Variables = new()
    {
        ["DOTNET_TieredCompilation"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["OMP_NUM_THREADS"] = "1",
        ["MKL_NUM_THREADS"] = "1",
        ["PARALLAX_ALLOCATOR"] = null,
        ["MLFLOW_TRACKING_URI"] = null,
        ["MLFLOW_RUN_ID"] = null,
    };

    /// <summary>This program.</summary>
    public static MeasuringProcess This { get; } = new(typeof(MeasuringProcess).Assembly.Location, "this program");

    /// <summary>Starts a new process, and waits for its results.</summary>
    /// <param name="order">What to measure.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ConfigurationException">It ended badly, or does not know how to measure.</exception>
    public (MeasuringEnvironment Environment, IReadOnlyList<Measured> Results) Measure(MeasuringOrder order, CancellationToken stop)
    {
        var start = new ProcessStartInfo("dotnet", [program, MeasuringProgram.Command, JsonSerializer.Serialize(order, GateJson.Line)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (variable, value) in Variables)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var stopping = stop.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();

        return Read(output, process.ExitCode, errors.GetAwaiter().GetResult());
    }

    /// <summary>Reads what a measuring process printed.</summary>
    internal (MeasuringEnvironment Environment, IReadOnlyList<Measured> Results) Read(string output, int exitCode, string errors)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            if (exitCode == 0 && lines.Length > 0 && JsonSerializer.Deserialize<MeasuredHeading>(lines[0], GateJson.Line) is { Protocol: Protocol } heading)
            {
                return (heading.Environment, [.. lines[1..].Select(line => JsonSerializer.Deserialize<Measured>(line, GateJson.Line)!)]);
            }
        }
        catch (JsonException)
        {
            // told below
        }

        throw new ConfigurationException(
            $"The benchmark program of {name} ({program}) did not measure: exit code {exitCode}, {Last(errors.Length > 0 ? errors : output)}. A revision can be "
                + $"compared when its program knows 'measure' with protocol {Protocol} (benchmarks/Gate).");
    }

    private static string Last(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? $"the last it said is '{last.Trim()}'" : "it said nothing";
}
