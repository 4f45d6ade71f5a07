namespace Parallax.Plugins.Parts;

/// <summary>
/// The slow moving average of an online encoder, a backbone and a head: declares its momentum pairs and encodes without gradients.
/// Papers also call it key encoder, target network or teacher.
/// </summary>
/// <remarks>
/// He et al., MoCo, CVPR 2020, equation (2), https://arxiv.org/abs/1911.05722: target = m · target + (1 - m) · online. The trainer copies, freezes
/// and averages. Only the target is stored here; the online side stays with the method.
/// </remarks>
public sealed class MomentumEncoder : Module<Tensor, Tensor>, IMomentumPairs
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;

    /// <summary>Pairs an online encoder with its target.</summary>
    /// <param name="online">What the optimizer trains.</param>
    /// <param name="target">The same structure, freshly made; registered here under <c>backbone</c> and <c>projector</c>.</param>
    /// <param name="momentum">Share of the target kept at each step.</param>
    /// <param name="when">Before the forward pass (MoCo), or after the optimizer step (BYOL).</param>
    public MomentumEncoder(
        (IBackbone Backbone, Module<Tensor, Tensor> Projector) online, (IBackbone Backbone, Module<Tensor, Tensor> Projector) target,
        MomentumSchedule momentum, MomentumUpdate when)
        : base(nameof(MomentumEncoder))
    {
        (backbone, projector) = target;
        MomentumPairs = [new((Module)online.Backbone, (Module)target.Backbone, momentum, when), new(online.Projector, target.Projector, momentum, when)];
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs { get; }

    /// <summary>Encodes images without gradients.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>Projections [N, D], detached; not normalised.</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Encode(images).Projections.MoveToOuterDisposeScope();
    }

    /// <summary>Encodes images without gradients and returns what the projector saw too.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>Features [N, F] and projections [N, D], detached; not normalised.</returns>
    public (Tensor Features, Tensor Projections) Encode(Tensor images)
    {
        using var noGradients = no_grad();
        var h = backbone.call(images);   // [N, F]

        return (h, projector.call(h));
    }

    /// <summary>The keys of images: projections with rows of length one, encoded in random order (<see cref="BatchShuffle"/>).</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="context">Random numbers of the step and the processes that share it.</param>
    /// <returns>[N, D] float32, detached; row i belongs to image i.</returns>
    public Tensor Keys(Tensor images, StepContext context) => BatchShuffle.Encode(images, context, x => Rows.Unit(call(x)));
}
