using System.Diagnostics;
using System.Globalization;
using Parallax.Host.Cli;

namespace Parallax.Host.Distributed;

/// <summary>How a process of a run ended.</summary>
/// <param name="Rank">Which one.</param>
/// <param name="Code">Its exit code; 128 and the number of the signal when one killed it.</param>
internal readonly record struct RankExit(int Rank, int Code)
{
    private const int Signals = 128, HighestSignal = 64;

    /// <summary>What happened, as the end of a sentence.</summary>
    public string Cause => Code is > Signals and <= Signals + HighestSignal
        ? FormattableString.Invariant($"was killed by signal {Code - Signals}{Names.GetValueOrDefault(Code - Signals, "")}")
        : FormattableString.Invariant($"ended with exit code {Code}");

    private static readonly Dictionary<int, string> Names = new() { [6] = " (SIGABRT)", [7] = " (SIGBUS)", [9] = " (SIGKILL, as the kernel does when memory runs out)", [11] = " (SIGSEGV)", [15] = " (SIGTERM)" };
}

/// <summary>One process of a run on this machine, started from the same command line. It stops when its standard input ends.</summary>
/// <remarks>Rank 0 has the terminal. Of the others only what they say beside results shows, behind their rank.</remarks>
internal sealed class RankProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="rank">Which one.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="storeFile">Where they meet.</param>
    /// <param name="arguments">The command line of this program.</param>
    /// <param name="output">Where the words of other ranks than 0 go.</param>
    public RankProcess(int rank, int count, string storeFile, IReadOnlyList<string> arguments, CliOutput output)
    {
        Rank = rank;
        var isFirst = rank == 0;
        var start = ThisProgram.With(arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, !isFirst, !isFirst);
        start.Environment["RANK"] = start.Environment["LOCAL_RANK"] = rank.ToString(CultureInfo.InvariantCulture);
        start.Environment["WORLD_SIZE"] = start.Environment["LOCAL_WORLD_SIZE"] = count.ToString(CultureInfo.InvariantCulture);
        start.Environment[ProcessEnvironment.StoreFile] = storeFile;
        _process = Process.Start(start)!;
        if (!isFirst)
        {
            _process.ErrorDataReceived += (_, line) => Show(line.Data, output);
            _process.BeginErrorReadLine();
            _process.BeginOutputReadLine();
        }

        Exit = WaitAsync();
    }

    public int Rank { get; }

    /// <summary>Completes when the process is over and all it said is shown.</summary>
    public Task<RankExit> Exit { get; }

    /// <summary>Asks it to stop after its step; rank 0 then writes a checkpoint.</summary>
    public void Stop() => _process.StandardInput.Close();

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<RankExit> WaitAsync()
    {
        await _process.WaitForExitAsync();

        return new(Rank, _process.ExitCode);
    }

    private void Show(string? line, CliOutput output)
    {
        if (!string.IsNullOrEmpty(line))
        {
            output.Error($"[rank {Rank}] {line}");
        }
    }
}
