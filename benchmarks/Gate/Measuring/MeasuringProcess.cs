using System.Diagnostics;
using System.Text.Json;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>A process that measures: of this program, or of that of another revision. It is asked one thing after the other.</summary>
internal sealed class MeasuringProcess : IMeasuringProcess
{
    /// <summary>Version of what is exchanged. Raised when a program of before would misunderstand.</summary>
    public const int Protocol = 1;

    // The compiler at its best from the first call, so that neither time nor allocations depend on how far it has come; one thread.
    private static readonly Dictionary<string, string?> Variables = new()
    {
        ["DOTNET_TieredCompilation"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["OMP_NUM_THREADS"] = "1",
        ["MKL_NUM_THREADS"] = "1",
        ["PARALLAX_ALLOCATOR"] = null,
    };

    private readonly MeasuringProgramFile _file;
    private readonly CancellationToken _stop;
    private Process _process;
    private Task<string> _errors = Task.FromResult("");

    private MeasuringProcess(MeasuringProgramFile file, CancellationToken stop)
    {
        (_file, _stop) = (file, stop);
        _process = Launch();
        try
        {
            Heading = ReadHeading();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Heading Heading { get; }

    /// <summary>Starts one.</summary>
    /// <param name="file">The program.</param>
    /// <param name="stop">From then on none is started, in place of one that ended either.</param>
    /// <exception cref="ConfigurationException">It does not know how to measure.</exception>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public static MeasuringProcess Start(MeasuringProgramFile file, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();

        return new(file, stop);
    }

    /// <inheritdoc/>
    /// <remarks>A process that ends over a request has that as its answer; another one takes its place.</remarks>
    public Answer Ask(Request request)
    {
        if (_process.HasExited)
        {
            _stop.ThrowIfCancellationRequested();   // the signal that asks to stop has ended it as well
            _process.Dispose();
            _process = Launch();
            _ = ReadHeading();
        }

        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, GateJson.Line));
            _process.StandardInput.Flush();

            return _process.StandardOutput.ReadLine() is { } line
                ? JsonSerializer.Deserialize<Answer>(line, GateJson.Line)!
                : new() { Error = LastWords(null) };
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return new() { Error = e.Message };
        }
    }

    /// <summary>Ends the process.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet", [_file.Path, MeasuringProgram.Command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (variable, value) in Variables)
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start)!;
        _errors = process.StandardError.ReadToEndAsync();

        return process;
    }

    private Heading ReadHeading()
    {
        var line = _process.StandardOutput.ReadLine();
        try
        {
            if (line is not null
                && JsonSerializer.Deserialize<Heading>(line, GateJson.Line) is { Protocol: Protocol, Environment: not null, Names: not null } heading)
            {
                return heading;
            }
        }
        catch (JsonException)
        {
            // told below
        }

        throw new ConfigurationException(
            $"The benchmark program of {_file.Side} ({_file.Path}) does not measure: {LastWords(line)}. Expected a program that knows 'measure' with protocol "
                + $"{Protocol}; revisions from before the gate (benchmarks/Gate) cannot be compared.");
    }

    private string LastWords(string? line)
    {
        if (line is not null)
        {
            return $"it said '{line.Trim()}'";
        }

        _process.WaitForExit();
        var last = _errors.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "nothing";

        return $"it ended with exit code {_process.ExitCode} and said '{last.Trim()}'";
    }
}
