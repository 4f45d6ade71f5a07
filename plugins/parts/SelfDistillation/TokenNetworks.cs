namespace Parallax.Plugins.Parts;

/// <summary>A backbone on tokens with heads for whole views and for patches: a student, or its teacher.</summary>
/// <param name="Backbone">The backbone.</param>
/// <param name="Head">The head of views.</param>
/// <param name="PatchHead">The head of patches; null where they share that of views.</param>
public sealed record TokenNetworks(ITokenBackbone Backbone, DINOHead Head, DINOHead? PatchHead)
{
    /// <summary>Makes new networks.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <param name="shape">Shape of the heads.</param>
    /// <param name="hasPatchHead">Whether patches have a head of their own.</param>
    /// <exception cref="ConfigurationException">The run's backbone has no tokens.</exception>
    public static TokenNetworks Create(BackboneFactory backbones, DINOHeadShape shape, bool hasPatchHead)
    {
        var backbone = backbones.Tokens();

        return new(backbone, new(backbone.FeatureDim, shape), hasPatchHead ? new(backbone.TokenDim, shape) : null);
    }

    /// <summary>Encodes images.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="hide">Changes the embeddings of patches, [N, h, w, D], before they are told their positions; null: they stay.</param>
    /// <returns>Features of the views and normalised tokens of their patches.</returns>
    public ViewTokens Encode(Tensor images, Func<Tensor, Tensor>? hide = null)
    {
        using var scope = NewDisposeScope();
        var patches = Backbone.EmbedPatches(images);                                  // [N, h, w, D]

        return Read(Backbone.Encode(hide is null ? patches : hide(patches))).MoveToOuterDisposeScope();
    }

    /// <summary>Features and patches of encoded tokens.</summary>
    /// <param name="tokens">What the backbone's <see cref="ITokenBackbone.Encode"/> gave, [N, P + L, D].</param>
    public ViewTokens Read(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var ofPatches = PatchGrid.WithoutPrefix(Backbone, tokens);   // [N, L, D]

        return new ViewTokens(Backbone.Pool(tokens), Backbone.Normalise(ofPatches)).MoveToOuterDisposeScope();
    }

    /// <summary>Outputs of the head for patches.</summary>
    /// <param name="tokens">Normalised tokens, [..., D].</param>
    /// <returns>[..., K].</returns>
    public Tensor OfPatches(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var outputs = (PatchHead ?? Head).call(tokens.flatten(0, -2));   // [M, K]

        return outputs.reshape([.. tokens.shape[..^1], outputs.shape[1]]).MoveToOuterDisposeScope();
    }
}

/// <summary>What a backbone on tokens makes of views.</summary>
/// <param name="Views">Features of whole views, [N, F].</param>
/// <param name="Patches">Normalised tokens of their patches, [N, L, D].</param>
public sealed record ViewTokens(Tensor Views, Tensor Patches)
{
    internal ViewTokens MoveToOuterDisposeScope() => new(Views.MoveToOuterDisposeScope(), Patches.MoveToOuterDisposeScope());
}
