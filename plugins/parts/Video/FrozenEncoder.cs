namespace Parallax.Plugins.Parts;

/// <summary>An encoder, a backbone and a head, that stays as it is: CoCLR's sampler. It is always in evaluation mode.</summary>
/// <remarks>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, section 3.2, https://arxiv.org/abs/2010.09709.</remarks>
public sealed class FrozenEncoder : Module<Tensor, Tensor>
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;

    /// <summary>Freezes an encoder.</summary>
    /// <param name="backbone">Registered here under this name, as the next.</param>
    /// <param name="projector">The head.</param>
    public FrozenEncoder(IBackbone backbone, Module<Tensor, Tensor> projector)
        : base(nameof(FrozenEncoder))
    {
        (this.backbone, this.projector) = (backbone, projector);
        RegisterComponents();
        FrozenWeights.Freeze(this);
    }

    /// <summary>Its parts by their names, for weights from elsewhere.</summary>
    public IReadOnlyDictionary<string, Module> Parts => new Dictionary<string, Module>
    {
        [nameof(backbone)] = (Module)backbone, [nameof(projector)] = projector,
    };

    /// <summary>Encodes images or clips.</summary>
    /// <param name="images">[N, C, H, W], or [N, C, T, H, W].</param>
    /// <returns>[N, D] float32, rows of length one, without gradients.</returns>
    public override Tensor forward(Tensor images)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        eval();

        return Rows.Unit(projector.call(backbone.call(images))).MoveToOuterDisposeScope();   // [N, D]
    }
}
