using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A backbone on patches whose features are a class token: it attends to the encoded patches in blocks of its own, and is normalised as the backbone's
/// tokens are.</summary>
/// <remarks>Wu et al., "Extreme Masking for Learning Instance and Distributed Visual Representations", TMLR 2023, https://arxiv.org/abs/2206.04667.</remarks>
public sealed class ClassAttentionBackbone : Module<Tensor, Tensor>, IDerivedBackbone
{
    private readonly IPatchSequenceBackbone backbone;
    private readonly ClassAttentionPooling pooling;
    private readonly int _channels;
    private readonly Func<ClassAttentionPooling> _again;

    /// <summary>Joins the two.</summary>
    /// <param name="backbone">Encodes patches; registered here.</param>
    /// <param name="pooling">The class-attention blocks; registered here.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="again">Makes other blocks of the same structure.</param>
    public ClassAttentionBackbone(IPatchSequenceBackbone backbone, ClassAttentionPooling pooling, int channels, Func<ClassAttentionPooling> again)
        : base(nameof(ClassAttentionBackbone))
    {
        (this.backbone, this.pooling, _channels, _again) = (backbone, pooling, channels, again);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int FeatureDim => backbone.TokenDim;

    /// <inheritdoc/>
    public int PatchSize => backbone.PatchSize;

    /// <summary>What encodes patches.</summary>
    public Module Backbone => (Module)backbone;

    /// <summary>The class-attention blocks.</summary>
    public Module Pooling => pooling;

    /// <summary>The class token of encoded patches.</summary>
    /// <param name="backbone">What encoded them.</param>
    /// <param name="pooling">The class-attention blocks.</param>
    /// <param name="tokens">[N, P + K, D], before the final normalisation; tokens before patches are left out.</param>
    /// <returns>[N, D].</returns>
    public static Tensor Instance(IPatchSequenceBackbone backbone, ClassAttentionPooling pooling, Tensor tokens)
    {
        using var scope = NewDisposeScope();

        return backbone.Normalise(pooling.call(PatchGrid.WithoutPrefix(backbone, tokens))).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IBackbone Again(ChannelBackboneFactory backbones) =>
        new ClassAttentionBackbone((IPatchSequenceBackbone)backbones(_channels), _again(), _channels, _again);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Instance(backbone, pooling, backbone.Encode(backbone.EmbedPatches(input))).MoveToOuterDisposeScope();
    }
}
