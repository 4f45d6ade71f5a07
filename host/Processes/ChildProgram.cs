using System.Diagnostics;

namespace Parallax.Host.Processes;

/// <summary>Runs this program again as a child: a run of its own has a memory of its own, and its faults end only itself.</summary>
internal static class ChildProgram
{
    /// <summary>Runs to the end; when stopping is asked for, the child gets SIGTERM and writes its checkpoint.</summary>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="log">File that receives what it says beside its result.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Exit code, and what it printed as its result.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> arguments, string log, CancellationToken stop)
    {
        using var process = new Process { StartInfo = ThisProgram.With(arguments) };
        process.StartInfo.Environment.Remove("MLFLOW_RUN_ID");   // made for this process, whose run is above the child's
        (process.StartInfo.RedirectStandardOutput, process.StartInfo.RedirectStandardError) = (true, true);
        await using var file = new StreamWriter(log, append: true) { AutoFlush = true };   // someone follows it
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                lock (file)
                {
                    file.WriteLine(line.Data);
                }
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        await using var stopping = stop.Register(() => TerminationSignal.Send(process));
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);

        return (process.ExitCode, output);
    }
}
