using Microsoft.Extensions.Logging;

namespace Parallax.Contracts;

/// <summary>Work over the whole data set before an epoch: clustering, new labels, refreshed memories.</summary>
public interface IEpochPhase
{
    /// <summary>Called before each epoch, in evaluation mode, without gradients.</summary>
    void BeforeEpoch(EpochContext context);
}

/// <summary>What a method can use between epochs.</summary>
/// <param name="Epoch">The epoch about to start, from 0.</param>
/// <param name="Features">Extracts features of the whole training split.</param>
/// <param name="Logger">For one-line reports.</param>
public sealed record EpochContext(int Epoch, IFeatureExtractor Features, ILogger Logger)
{
    /// <summary>Class of each training image, [count] int64 on the CPU, -1 where unknown; null without labels. For semi-supervised methods and analysis
    /// only.</summary>
    public Tensor? Labels { get; init; }
}

/// <summary>Runs a module over a data set without augmentation.</summary>
public interface IFeatureExtractor
{
    /// <summary>
    /// Features of every training image, in index order. One that cannot be read has the row of the next that can, so that every other row i is image i.
    /// </summary>
    /// <param name="encode">From views [N, C, H, W] to features [N, F]; runs without gradients.</param>
    /// <returns>[count, F] float32 on the CPU; the caller disposes it.</returns>
    Tensor Extract(Func<Tensor, Tensor> encode);
}
