using System.Runtime.ExceptionServices;

namespace Parallax.Engine.Tests.Distributed;

/// <summary>Runs several ranks as threads of this process, each with a process group of its own.</summary>
internal static class Ranks
{
    /// <summary>Runs the body once per rank and throws the first failure (by rank) that is not the echo of another rank's end.</summary>
    /// <param name="size">Number of ranks.</param>
    /// <param name="body">What a rank does with its group.</param>
    /// <param name="leaves">An exception by which a rank may end without harm.</param>
    /// <param name="change">Other options.</param>
    public static void Run(int size, Action<ProcessGroup> body, Type? leaves = null, Func<ProcessGroupOptions, ProcessGroupOptions>? change = null)
    {
        using var folder = new TemporaryFolder();
        var failures = new Exception?[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                using var scope = NewDisposeScope();
                var options = new ProcessGroupOptions(rank, size) { StoreFile = folder.Store, Timeout = TimeSpan.FromSeconds(60) };
                using var group = ProcessGroup.Connect(change?.Invoke(options) ?? options);
                body(group);
                group.Barrier();
            }
            catch (Exception e)
            {
                failures[rank] = e.GetType() == leaves ? null : e;
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        if ((failures.FirstOrDefault(e => e is not null and not ProcessGroupException) ?? failures.FirstOrDefault(e => e is not null)) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>The values that rank computed, in the order of the ranks.</summary>
    public static T[] Collect<T>(int size, Func<ProcessGroup, T> body)
    {
        var results = new T[size];
        Run(size, group => results[group.Rank] = body(group));
        return results;
    }

    /// <summary>A folder with the name of a file store that does not exist yet.</summary>
    public sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-ranks-");

        public string Store => Path.Combine(_folder.FullName, "store");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
