namespace Parallax.Contracts;

/// <summary>Declares that parts of a method begin with what earlier runs trained, heads included. The host reads them when a run starts; a resumed run has them
/// in its checkpoint, and needs the earlier runs no more.</summary>
/// <remarks>A recipe's <c>backbone.weights</c> gives the backbone alone, from a file of any origin.</remarks>
public interface IStartingWeights
{
    /// <summary>The runs, and what is taken of each; empty where the recipe names none. Read once, after construction. Targets of momentum pairs are copied
    /// afterwards.</summary>
    IReadOnlyList<EarlierRun> EarlierRuns { get; }
}

/// <summary>A run whose weights are taken over.</summary>
/// <param name="Key">Key of the recipe that names the run, for messages: <c>method.startPath</c>.</param>
/// <param name="Run">Folder or identifier of the run, whose newest checkpoint is read; or a file of its checkpoints.</param>
/// <param name="Parts">The parts that take them, by the name that the method of that run gives to the same part. Their tensors have the same names and
/// shapes.</param>
public sealed record EarlierRun(string Key, string Run, IReadOnlyDictionary<string, Module> Parts);
