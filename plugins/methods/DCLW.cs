using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of DCLW, section <c>method</c> of a recipe.</summary>
public sealed record DCLWOptions : InBatchContrastOptions
{
    /// <summary>Divisor of the cosines in the weights of the positives, positive. Paper: 0.5.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 0.5;
}

/// <summary>DCL whose positives are weighted: images whose views differ most count most.</summary>
/// <remarks>
/// Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, section 3.2, https://arxiv.org/abs/2110.06848, see <see cref="DCLLoss.Weighted"/>: the positive is
/// multiplied by w(i) = 2 - N softmax over the images of s(i, p) / sigma, a constant for the gradient. Network and views are SimCLR's.
/// </remarks>
[Plugin("dclw", Options = typeof(DCLWOptions), Summary = "Decoupled contrastive learning that weighs images whose views differ most.", Family = "contrastive",
    Paper = "Decoupled Contrastive Learning", Authors = "Yeh, Hong, Hsu, Liu, Chen, LeCun", Venue = "ECCV", Year = 2022, ArXiv = "2110.06848")]
public sealed class DCLW(IBackbone backbone, DCLWOptions options, RunInfo run)
    : InBatchContrast<DCLWOptions>(nameof(DCLW), backbone, options, run), IMethod
{
    /// <inheritdoc/>
    protected override Tensor Loss(Tensor za, Tensor zb) => DCLLoss.Weighted(za, zb, Options.Temperature, Options.Sigma);
}
