namespace Parallax.Engine.Tests;

/// <summary>Tests that read or change state of the whole process (live tensors, memory, threads, flags) run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWide
{
    public const string Name = "process-wide";
}
