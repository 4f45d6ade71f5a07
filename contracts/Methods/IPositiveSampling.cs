namespace Parallax.Contracts;

/// <summary>Declares that some views of an image are made of another image, its positive: one of the same cluster, a nearest neighbour.</summary>
/// <remarks>What is drawn for such a view (its augmentations, and where its clip begins) has the key of the image for which it stands; index, label and caption
/// of a batch are that image's too.</remarks>
public interface IPositiveSampling
{
    /// <summary>The views that are made of the positive, from 0; at least one view is none of them.</summary>
    IReadOnlyList<int> PositiveViews { get; }

    /// <summary>
    /// The positive of each image in an epoch. Asked for on the training thread after <see cref="IEpochPhase.BeforeEpoch"/>, and again when a run is resumed
    /// in the middle of the epoch: it depends on the method's state in the checkpoint, the seed and the epoch only, and is the same on every process.
    /// </summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <returns>An index of a training image for each of them, in index order; its own where it is its own positive.</returns>
    IReadOnlyList<long> Positives(int epoch);
}
