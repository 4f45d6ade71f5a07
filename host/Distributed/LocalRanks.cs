using Parallax.Host.Cli;

namespace Parallax.Host.Distributed;

/// <summary>Starts the processes of a run on this machine and stays until all of them are over.</summary>
internal static class LocalRanks
{
    /// <summary>A process that lost another ends by itself within seconds, and the first one notes in the tracking store what happened. Then it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    /// <summary>Runs the same command line in several processes.</summary>
    /// <param name="count">Number of processes.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the words of other ranks than 0 go.</param>
    /// <param name="stop">Asks all of them to stop after the same step.</param>
    /// <returns>How it ended: the process that failed first, or any where none did.</returns>
    public static RankExit Run(int count, IReadOnlyList<string> arguments, CliOutput output, CancellationToken stop)
    {
        var meeting = Directory.CreateTempSubdirectory("parallax-processes-");
        var ranks = new List<RankProcess>();
        try
        {
            for (var rank = 0; rank < count; rank++)
            {
                ranks.Add(new(rank, count, Path.Combine(meeting.FullName, "store"), arguments, output));
            }

            using var forward = stop.Register(() => ranks.ForEach(rank => rank.Stop()));

            return Wait(ranks);
        }
        finally
        {
            ranks.ForEach(rank => rank.Dispose());
            meeting.Delete(recursive: true);
        }
    }

    private static RankExit Wait(IReadOnlyList<RankProcess> ranks)
    {
        var running = ranks.ToList();
        var exits = new List<RankExit>();
        while (running.Count > 0)
        {
            var index = Task.WaitAny([.. running.Select(rank => rank.Exit)], exits.Any(Failed) ? Grace : Timeout.InfiniteTimeSpan);
            if (index < 0)
            {
                running.ForEach(rank => rank.Kill());
                index = Task.WaitAny([.. running.Select(rank => rank.Exit)]);
            }

            exits.Add(running[index].Exit.GetAwaiter().GetResult());
            running.RemoveAt(index);
        }

        // Who lost another process is not the one to blame.
        return exits.Where(Failed).OrderBy(exit => exit.Code == ExitCodes.LostProcess).Append(exits[0]).First();
    }

    private static bool Failed(RankExit exit) => exit.Code is not (ExitCodes.Done or ExitCodes.Stopped);
}
