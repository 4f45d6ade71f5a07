using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SDSSL on BYOL, section <c>method</c> of a recipe.</summary>
public sealed record SDSSLBYOLOptions : TaughtLayersOptions;

/// <summary>BYOL in which every layer of the student, not only the last, predicts what the last layer of the teacher makes of the other view.</summary>
/// <remarks>
/// <para>Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, https://arxiv.org/abs/2111.12958: loss = last + weight(t) ·
/// intermediate + L · detached, see <c>SelfDistillation</c>; each term is BYOL's distance. The teacher has the last layer's projector
/// only.</para>
/// <para>Differs from the paper, which knows transformers only: layers of a residual network are its stages, which is ours; the views are normalised apart in
/// the heads.</para>
/// </remarks>
[Plugin("sdssl-byol", Options = typeof(SDSSLBYOLOptions), Summary = "BYOL in which intermediate layers predict the last layer too.", Family = "distillation",
    Paper = "Self-Distilled Self-Supervised Representation Learning", Authors = "Jang et al.", Venue = "WACV", Year = 2023, ArXiv = "2111.12958")]
public sealed class SDSSLBYOL(BackboneFactory backbones, SDSSLBYOLOptions options, RunInfo run)
    : SelfDistillation<SDSSLBYOLOptions>(nameof(SDSSLBYOL), backbones, options, run, lastNorm: false), IMethod
{
    /// <inheritdoc/>
    protected override Func<Tensor, Tensor> Against(Tensor targets, IProcesses processes) => p => SelfDistillationLoss.Regression(p, targets);   // []
}
