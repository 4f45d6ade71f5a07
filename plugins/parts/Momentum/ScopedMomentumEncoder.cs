namespace Parallax.Plugins.Parts;

/// <summary>Which part of the momentum branch is a moving average; what comes before it is the online network.</summary>
public enum MomentumScope
{
    /// <summary>Nothing: the targets are the online projections.</summary>
    None,

    /// <summary>The projector: the paper's proposal. The backbone runs once per view.</summary>
    Projector,

    /// <summary>The backbone's last stage and the projector: one of the paper's analyses.</summary>
    LastStageAndProjector,

    /// <summary>Backbone and projector: the usual momentum encoder.</summary>
    Full,
}

/// <summary>A momentum branch that averages a part of the online encoder only. The scope decides which pairs it declares and how targets come about.</summary>
/// <remarks>
/// <para>Pham et al., "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", 2022, https://arxiv.org/abs/2208.05744.
/// Target = projector_ema(sg(backbone(x))): detached before the projector, so no gradient enters the backbone from the target side.</para>
/// <para>With last-stage-and-projector a second backbone runs whose earlier layers are copied from the online one after every step: the same values as a branch
/// at the last stage, at a higher cost.</para>
/// </remarks>
public sealed class ScopedMomentumEncoder : Module, IMomentumPairs
{
    private readonly Func<Tensor, Tensor, Tensor, Tensor> _target;

    /// <summary>Builds what is averaged; it is registered under <c>backbone</c> and <c>projector</c>.</summary>
    /// <param name="scope">Which part.</param>
    /// <param name="online">What the optimizer trains.</param>
    /// <param name="backbones">Makes a second backbone, where the scope needs one.</param>
    /// <param name="projectors">Makes a second projector, where the scope needs one.</param>
    /// <param name="momentum">Share kept at each step; the average moves after the optimizer step.</param>
    /// <exception cref="ConfigurationException">The last stage shall be averaged, but the backbone has no stages.</exception>
    public ScopedMomentumEncoder(
        MomentumScope scope, (IBackbone Backbone, Module<Tensor, Tensor> Projector) online,
        BackboneFactory backbones, Func<Module<Tensor, Tensor>> projectors, MomentumSchedule momentum)
        : base(nameof(ScopedMomentumEncoder))
    {
        if (scope == MomentumScope.None)
        {
            (MomentumPairs, _target) = ([], (_, _, z) => z.detach());
            return;
        }

        var projector = projectors();
        register_module(nameof(projector), projector);
        var averaged = Averaged(online.Projector, projector);
        if (scope == MomentumScope.Projector)
        {
            (MomentumPairs, _target) = ([averaged], (_, h, _) => projector.call(h.detach()));
            return;
        }

        var backbone = backbones();
        register_module(nameof(backbone), (Module)backbone);
        _target = (images, _, _) => projector.call(backbone.call(images));
        MomentumPairs = scope == MomentumScope.Full
            ? [averaged, Averaged((Module)online.Backbone, (Module)backbone)]
            : [averaged, .. Parts(online.Backbone).Zip(Parts(backbone), (own, target) => own.Name == online.Backbone.Stages[^1].Name
                ? Averaged(own.Part, target.Part)
                : new(own.Part, target.Part, MomentumSchedule.Constant(0), MomentumUpdate.AfterOptimizerStep))];

        MomentumPair Averaged(Module own, Module target) => new(own, target, momentum, MomentumUpdate.AfterOptimizerStep);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs { get; }

    /// <summary>Targets of a view, without gradients.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="h">Their features by the online backbone, [N, F].</param>
    /// <param name="z">Their projections by the online projector, [N, D].</param>
    /// <returns>[N, D], detached; not normalised.</returns>
    public Tensor Targets(Tensor images, Tensor h, Tensor z)
    {
        using var noGradients = no_grad();

        return _target(images, h, z);
    }

    /// <summary>Children with parameters: stages, and what comes before them.</summary>
    private static IEnumerable<(string Name, Module Part)> Parts(IBackbone backbone)
    {
        var children = ((Module)backbone).named_children().Where(child => child.module.parameters().Any()).ToList();

        return backbone.Stages is [.., var last] && children.Any(child => child.name == last.Name)
            && ((Module)backbone).named_parameters().All(parameter => parameter.name.Contains('.'))   // every parameter lies in a child, so none is missed
            ? children.Select(child => (child.name, child.module))
            : throw new ConfigurationException(
                "method.emaScope is last-stage-and-projector, but this backbone is not built of named stages. "
                + "Set it to projector or full, or choose a residual network.");
    }
}
