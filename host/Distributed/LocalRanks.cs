using System.Diagnostics;
using System.Globalization;
using Parallax.Host.Processes;

namespace Parallax.Host.Distributed;

/// <summary>Starts the processes of a run on this machine through mpirun and stays until all of them are over.</summary>
/// <remarks>
/// mpirun ends the others when one dies. It runs in a session of its own, or Ctrl-C in a terminal would let it kill everything at once: rank 0 has its standard
/// input and stops, with all others, after the step in which that ends, also when this process is gone. What rank 0 prints goes where this process prints.
/// </remarks>
internal static class LocalRanks
{
    private const string Threads = "OMP_NUM_THREADS";

    /// <summary>Runs the same command line in several processes.</summary>
    /// <param name="count">Number of processes.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where their warnings and errors go.</param>
    /// <param name="stop">Asks all of them to stop after the same step.</param>
    /// <returns>How it ended: the process that failed first, where one did.</returns>
    /// <exception cref="ConfigurationException">Open MPI is not there.</exception>
    public static RankExit Run(int count, IReadOnlyList<string> arguments, CliOutput output, CancellationToken stop)
    {
        using var mpirun = Process.Start(Command(OpenMpi.Require(), count, ThisProgram.With(arguments), output.IsTerminal))!;
        using var forward = stop.Register(mpirun.StandardInput.Close);
        var messages = new MpirunMessages(output);
        while (mpirun.StandardError.ReadLine() is { } line)
        {
            messages.Read(line);
        }

        mpirun.WaitForExit();

        return messages.End(mpirun.ExitCode);
    }

    private static ProcessStartInfo Command(string mpirun, int count, ProcessStartInfo program, bool isTerminal)
    {
        var start = new ProcessStartInfo("setsid",
        [
            mpirun, "--allow-run-as-root", "--map-by", "slot:OVERSUBSCRIBE", "--bind-to", "none", "-n", count.ToString(CultureInfo.InvariantCulture),
                program.FileName, .. program.ArgumentList,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SLURM_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);   // within a job mpirun would take the machines of that job
        }

        start.Environment[ProcessEnvironment.Launcher] = isTerminal ? ProcessEnvironment.Terminal : "pipe";
        if (!start.Environment.ContainsKey(Threads))
        {
            start.Environment[Threads] = Math.Max(1, Environment.ProcessorCount / count).ToString(CultureInfo.InvariantCulture);
        }

        return start;
    }
}
