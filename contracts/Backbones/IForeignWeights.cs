namespace Parallax.Contracts;

/// <summary>Declares under which names others store the weights of this backbone: what <c>backbone.weights</c> of a recipe reads files with.</summary>
/// <remarks>
/// A backbone without it takes its own names only. The host does the rest: it finds the part of the file that holds the backbone (<c>module.encoder.</c>), and
/// gives a tensor the backbone's shape where the two differ in sides of 1 only.
/// </remarks>
public interface IForeignWeights : IBackbone
{
    /// <summary>The name in the backbone's state dictionary of what a file calls differently.</summary>
    /// <param name="name">Name in the file, without what comes before all names of the backbone.</param>
    /// <returns>The own name; the same name where it is not known; null for what is no part of a backbone: a classifier, a decoder, a fixed table.</returns>
    string? OwnName(string name);

    /// <summary>The libraries whose names files can be written in, for the network as its options make it; empty where no network of theirs is like
    /// it.</summary>
    IReadOnlyList<WeightLayout> Layouts => [];

    /// <summary>Whether a file may lack a tensor, which then stays as it was initialised: a fixed table, a normalisation that pretraining does not
    /// have.</summary>
    /// <param name="name">Name in the backbone's state dictionary.</param>
    bool MayBeMissing(string name) => false;

    /// <summary>Brings a tensor to the shape of the backbone's, as a table of positions for another grid.</summary>
    /// <param name="name">Name in the backbone's state dictionary.</param>
    /// <param name="value">The tensor of the file, of another shape.</param>
    /// <returns>The tensor to take; null where the shapes cannot be made to fit.</returns>
    Tensor? Resized(string name, Tensor value) => null;
}
