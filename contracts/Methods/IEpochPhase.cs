using Microsoft.Extensions.Logging;

namespace Parallax.Contracts;

/// <summary>Work over the whole data set before an epoch: clustering, new labels, refreshed memories.</summary>
public interface IEpochPhase
{
    /// <summary>Whether the method has such work with its options; the same throughout a run. False is as good as not declaring it.</summary>
    bool IsNeeded => true;

    /// <summary>Whether there is such work before this epoch, counted from 0. The same whenever it is asked.</summary>
    bool IsDue(int epoch) => true;

    /// <summary>Called before each epoch in which it is due, in evaluation mode, without gradients. A run that was stopped in it begins it again, from the same
    /// weights.</summary>
    /// <exception cref="OperationCanceledException"><see cref="EpochContext.Stop"/> asked to end: the run is stopped, and its checkpoint written.</exception>
    void BeforeEpoch(EpochContext context);
}

/// <summary>What a method can use between epochs.</summary>
/// <param name="Epoch">The epoch about to start, from 0.</param>
/// <param name="Features">Extracts features of the whole training split.</param>
/// <param name="Logger">For one-line reports.</param>
public sealed record EpochContext(int Epoch, IFeatureExtractor Features, ILogger Logger)
{
    private Tensor? _labels;

    /// <summary>Makes <see cref="Labels"/>.</summary>
    public Func<Tensor?> ReadLabels { get; init; } = () => null;

    /// <summary>Class of each training image, [count] int64 on the CPU, -1 where unknown; null without labels. Made when it is first read. For semi-supervised
    /// methods and analysis only.</summary>
    public Tensor? Labels => _labels ??= ReadLabels();

    /// <summary>Asks to stop. Work that takes long, such as a clustering, looks at it every few seconds; <see cref="Features"/> does so by itself.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>Runs a module over a data set without augmentation.</summary>
public interface IFeatureExtractor
{
    /// <summary>
    /// Features of every training image, or of the middle clip of every video, in index order. One that cannot be read has the row of the next that can, so
    /// that every other row i is image i.
    /// </summary>
    /// <param name="encode">From views [N, C, H, W] to features [N, F]; runs without gradients.</param>
    /// <returns>[count, F] float32 on the CPU; the caller disposes it.</returns>
    Tensor Extract(Func<Tensor, Tensor> encode);
}
