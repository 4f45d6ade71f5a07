using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SimCLR, section <c>method</c> of a recipe.</summary>
public sealed record SimCLROptions : InBatchContrastOptions
{
    /// <summary>mean-over-anchors as in the paper, or sum-of-view-means (exactly twice that) as in the authors' code.</summary>
    public NTXentReduction Reduction { get; init; } = NTXentReduction.MeanOverAnchors;
}

/// <summary>Two views of each image attract each other, all other images of the batch are pushed away.</summary>
/// <remarks>
/// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, algorithm 1, https://arxiv.org/abs/2002.05709:
/// l(i, j) = -log( exp(z_i·z_j / T) / sum over k ≠ i of exp(z_i·z_k / T) ), mean over all 2N anchors.
/// The head is that of the authors' code, see <see cref="ProjectionHead.BatchNormMlp"/>.
/// </remarks>
[Plugin("simclr", Options = typeof(SimCLROptions), Summary = "Contrasts two views of each image with all other images of the batch.", Family = "contrastive",
    Paper = "A Simple Framework for Contrastive Learning of Visual Representations", Authors = "Chen, Kornblith, Norouzi, Hinton", Venue = "ICML", Year = 2020,
    ArXiv = "2002.05709")]
[Moved("loss", "nt-xent", "simclr"), Moved("loss", "dcl", "dcl"), Moved("loss", "dclw", "dclw"), Moved("loss", "debiased", "debiased-contrastive")]
public sealed class SimCLR(IBackbone backbone, SimCLROptions options, RunInfo run)
    : InBatchContrast<SimCLROptions>(nameof(SimCLR), backbone, options, run), IMethod
{
    /// <inheritdoc/>
    protected override Tensor Loss(Tensor za, Tensor zb)
    {
        var mean = NTXentLoss.Compute(za, zb, Options.Temperature);   // []

        return Options.Reduction == NTXentReduction.SumOfViewMeans ? mean * 2 : mean;
    }
}
