namespace Parallax.Contracts;

/// <summary>Declares that parts of a method begin with what earlier runs trained, heads included, or with what files hold. The host reads them when a run
/// starts; a resumed run has them in its checkpoint, and needs runs and files no more.</summary>
/// <remarks>A recipe's <c>backbone.weights</c> gives the backbone alone, from a file of any origin.</remarks>
public interface IStartingWeights
{
    /// <summary>The runs, and what is taken of each; empty where the recipe names none. Read once, after construction. Targets of momentum pairs are copied
    /// afterwards.</summary>
    IReadOnlyList<EarlierRun> EarlierRuns => [];

    /// <summary>Tensors that files give; empty where the recipe names none. Read once, after construction.</summary>
    IReadOnlyList<GivenTensor> GivenTensors => [];
}

/// <summary>A run whose weights are taken over.</summary>
/// <param name="Key">Key of the recipe that names the run, for messages: <c>method.startPath</c>.</param>
/// <param name="Run">Folder or identifier of the run, whose newest checkpoint is read; or a file of its checkpoints.</param>
/// <param name="Parts">The parts that take them, by the name that the method of that run gives to the same part. Their tensors have the same names and
/// shapes.</param>
public sealed record EarlierRun(string Key, string Run, IReadOnlyDictionary<string, Module> Parts);

/// <summary>A tensor of the method that begins with what a file holds.</summary>
/// <param name="Key">Key of the recipe that names the file, for messages: <c>method.codebookFile</c>.</param>
/// <param name="File">A safetensors file, a NumPy array (<c>.npy</c>, float32, [N, F]), or what <c>torch.save</c> wrote: with one tensor of the target's
/// shape.</param>
/// <param name="Target">Receives it: a buffer, or a parameter.</param>
/// <param name="Meaning">What its sides are and follow from, for messages: <c>visual tokens (method.vocabularySize), pixels of a patch</c>.</param>
public sealed record GivenTensor(string Key, string File, Tensor Target, string Meaning);
