using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of DCL, section <c>method</c> of a recipe.</summary>
public sealed record DCLOptions : InBatchContrastOptions;

/// <summary>SimCLR whose loss leaves the positive out of the denominator, so that an easy positive does not silence its negatives.</summary>
/// <remarks>
/// Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, section 3, https://arxiv.org/abs/2110.06848, see <see cref="DCLLoss"/>:
/// l(i) = -s(i, p) / T + log of the sum over the 2N - 2 negatives of exp(s(i, n) / T), mean over the 2N anchors. Network and views are SimCLR's.
/// </remarks>
[Plugin("dcl", Options = typeof(DCLOptions), Summary = "SimCLR without the positive in the denominator: decoupled, for small batches too.",
    Family = "contrastive", Paper = "Decoupled Contrastive Learning", Authors = "Yeh, Hong, Hsu, Liu, Chen, LeCun", Venue = "ECCV", Year = 2022,
    ArXiv = "2110.06848")]
public sealed class DCL(IBackbone backbone, DCLOptions options, RunInfo run)
    : InBatchContrast<DCLOptions>(nameof(DCL), backbone, options, run), IMethod
{
    /// <inheritdoc/>
    protected override Tensor Loss(Tensor za, Tensor zb) => DCLLoss.Compute(za, zb, Options.Temperature);
}
