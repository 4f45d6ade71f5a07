using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of debiased contrastive learning, section <c>method</c> of a recipe.</summary>
public sealed record DebiasedContrastiveOptions : InBatchContrastOptions
{
    /// <summary>tau+, the chance that a negative has the anchor's class, a fraction in [0, 1). Authors' code: 0.1.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double ClassPrior { get; init; } = 0.1;
}

/// <summary>SimCLR whose negatives are corrected for those that have the anchor's own class.</summary>
/// <remarks>
/// Chuang et al., "Debiased Contrastive Learning", NeurIPS 2020, https://arxiv.org/abs/2007.00224, see <see cref="DebiasedLoss"/>. Network and views are
/// SimCLR's; the head of the authors' code ends without batch normalisation, SimCLR's with it.
/// </remarks>
[Plugin("debiased-contrastive", Options = typeof(DebiasedContrastiveOptions),
    Summary = "SimCLR with negatives corrected for those of the anchor's own class.", Family = "contrastive",
    Paper = "Debiased Contrastive Learning", Authors = "Chuang, Robinson, Lin, Torralba, Jegelka", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2007.00224")]
public sealed class DebiasedContrastive(IBackbone backbone, DebiasedContrastiveOptions options, RunInfo run)
    : InBatchContrast<DebiasedContrastiveOptions>(nameof(DebiasedContrastive), backbone, options, run), IMethod
{
    /// <inheritdoc/>
    protected override Tensor Loss(Tensor za, Tensor zb) => DebiasedLoss.Compute(za, zb, Options.Temperature, Options.ClassPrior);
}
