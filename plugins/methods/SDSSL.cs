using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SDSSL, section <c>method</c> of a recipe.</summary>
public sealed record SDSSLOptions : TaughtLayersOptions
{
    /// <summary>Divisor of the cosines, positive. Authors' code: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;
}

/// <summary>MoCo v3 in which every layer of the student, not only the last, finds what the last layer of the teacher makes of the other view.</summary>
/// <remarks>
/// <para>Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, https://arxiv.org/abs/2111.12958: loss = last + weight(t) ·
/// intermediate + L · detached, see <c>SelfDistillation</c>; each term is MoCo v3's. The teacher has the last layer's projector only.</para>
/// <para>Differs from the paper, which knows transformers only: layers of a residual network are its stages, which is ours; the views are normalised apart in
/// the heads.</para>
/// </remarks>
[Plugin("sdssl", Options = typeof(SDSSLOptions), Summary = "MoCo v3 in which intermediate layers predict the last layer too.", Family = "distillation",
    Paper = "Self-Distilled Self-Supervised Representation Learning", Authors = "Jang et al.", Venue = "WACV", Year = 2023, ArXiv = "2111.12958")]
[Moved("base", "moco-v3", "sdssl"), Moved("base", "byol", "sdssl-byol"), Moved("base", "simclr", "sdssl-simclr")]
public sealed class SDSSL(BackboneFactory backbones, SDSSLOptions options, RunInfo run)
    : SelfDistillation<SDSSLOptions>(nameof(SDSSL), backbones, options, run, lastNorm: true), IMethod, IBatchCoupled, IGathered
{
    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    protected override Func<Tensor, Tensor> Against(Tensor targets, IProcesses processes)
    {
        var keys = processes.Gather(targets);                                               // [M, D] of all processes
        var own = processes.Own(arange(keys.shape[0], dtype: int64, device: keys.device));  // [N]

        return p => MoCoV3Loss.Compute(p, keys, own, Options.Temperature);                  // []
    }
}
