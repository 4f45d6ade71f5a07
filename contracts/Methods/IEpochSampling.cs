namespace Parallax.Contracts;

/// <summary>Declares that an epoch shows other images than each of them once: clusters equally often, labelled images beside unlabelled ones.</summary>
public interface IEpochSampling
{
    /// <summary>Whether the method chooses the images with its options; the same throughout a run. False is as good as not declaring it.</summary>
    bool IsNeeded => true;

    /// <summary>
    /// The images of an epoch. Asked for on the training thread after <see cref="IEpochPhase.BeforeEpoch"/>, and again when a run is resumed in the middle of
    /// the epoch: it depends on the method's state in the checkpoint, the seed and the epoch only.
    /// </summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <returns>
    /// As many indices of training images as there are images, in the order in which batches take them. An image may stand several times: each time it is
    /// augmented anew.
    /// </returns>
    IReadOnlyList<long> Order(int epoch);
}
