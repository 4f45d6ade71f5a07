using System.Diagnostics;
using System.Globalization;
using System.Text;
using Parallax.Host.Cli;
using Parallax.Host.Processes;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>What a finished program left.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Everything it said, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>The built program, running.</summary>
internal sealed class ProgramRun : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);   // only reached when it hangs
    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();

    /// <param name="folder">Where it works.</param>
    /// <param name="home">Its home folder.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="through">What starts it, given program and arguments; null starts it as it is.</param>
    public ProgramRun(string folder, string home, IReadOnlyList<string> arguments, Func<IEnumerable<string>,
        (string Program, string[] Arguments)>? through = null)
    {
        var (program, all) = through?.Invoke(["dotnet", HostFile, .. arguments]) ?? ("dotnet", [HostFile, .. arguments]);
        var start = new ProcessStartInfo(program, all) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = home;
        start.Environment["OMP_NUM_THREADS"] = "1";
        var foreign = start.Environment.Keys.Where(name => name.StartsWith("MLFLOW_", StringComparison.Ordinal) || name == "PARALLAX_PLUGINS").ToList();
        foreach (var variable in foreign)
        {
            start.Environment.Remove(variable);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Collect(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Collect(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string HostFile => Path.Combine(RepositoryFiles.Plugins, "..", "Parallax.Host.dll");

    /// <summary>Waits until something is there, for example a file that the program writes.</summary>
    public T WaitFor<T>(Func<T?> look, string what)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Longest)
        {
            if (look() is { } found)
            {
                return found;
            }

            Assert.False(_process.HasExited, $"The program ended before there was {what}: {(_process.HasExited ? Wait() : null)}");
            Thread.Sleep(2);
        }

        throw new TimeoutException($"There is no {what} after {Longest}.");
    }

    /// <summary>Whether it has printed a text beside its results so far.</summary>
    public bool HasSaid(string text)
    {
        lock (_error)
        {
            return _error.ToString().Contains(text, StringComparison.Ordinal);
        }
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public ProgramResult Kill()
    {
        Assert.False(_process.HasExited, "The program was over before it could be killed.");
        _process.Kill();

        return Wait();
    }

    /// <summary>Kills one of the processes that <c>--nproc</c> started, as the kernel does when memory runs out.</summary>
    public void KillRank(int rank)
    {
        var mpirun = Assert.Single(Children(_process.Id));
        using var child = Process.GetProcessById(Children(mpirun)
            .Single(id => File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains($"OMPI_COMM_WORLD_RANK={rank}")));
        child.Kill();
    }

    private static IEnumerable<int> Children(int process) => Directory.GetDirectories($"/proc/{process}/task")   // each thread has its own
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    /// <summary>As <c>kill</c>.</summary>
    /// <param name="times">How many signals, a few milliseconds apart.</param>
    public ProgramResult Terminate(int times = 1)
    {
        Assert.False(_process.HasExited, "The program was over before it could be terminated.");
        for (var i = 0; i < times; i++)
        {
            TerminationSignal.Send(_process);
        }

        return Wait();
    }

    public ProgramResult Wait()
    {
        if (!_process.WaitForExit(Longest))
        {
            _process.Kill();
            throw new TimeoutException($"The program did not end within {Longest}: {_error}");
        }

        _process.WaitForExit();   // until the last line has arrived

        return new(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static void Collect(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.Append(line).Append('\n');
        }
    }
}
