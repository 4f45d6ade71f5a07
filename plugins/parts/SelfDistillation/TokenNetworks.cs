namespace Parallax.Plugins.Parts;

/// <summary>A backbone with heads for whole views and for their patches, or regions: a student, or its teacher.</summary>
/// <param name="Backbone">The backbone.</param>
/// <param name="Head">The head of views.</param>
/// <param name="PatchHead">The head of patches; null where they share that of views.</param>
public sealed record TokenNetworks(IRegionBackbone Backbone, DINOHead Head, DINOHead? PatchHead)
{
    /// <summary>Makes the heads of a backbone.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="shape">Shape of the head of views.</param>
    /// <param name="patches">Shape of the head of patches; null where they share that of views.</param>
    public static TokenNetworks Create(IRegionBackbone backbone, DINOHeadShape shape, DINOHeadShape? patches) =>
        new(backbone, new(backbone.FeatureDim, shape), patches is { } own ? new(backbone.RegionDim, own) : null);

    /// <summary>Encodes images.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>Features of the views and of their patches.</returns>
    public ViewTokens Encode(Tensor images)
    {
        var (views, patches) = Backbone.Regions(images);

        return new(views, patches);
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

/// <summary>What a backbone makes of views.</summary>
/// <param name="Views">Features of whole views, [N, F].</param>
/// <param name="Patches">Normalised tokens of their patches, or features of their regions, [N, L, D].</param>
public sealed record ViewTokens(Tensor Views, Tensor Patches)
{
    /// <summary>Encodes images of which some patches are hidden.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="hide">Changes the embeddings of patches, [N, h, w, D], before they are told their positions.</param>
    public static ViewTokens OfHidden(ITokenBackbone backbone, Tensor images, Func<Tensor, Tensor> hide)
    {
        using var scope = NewDisposeScope();
        var tokens = backbone.Encode(hide(backbone.EmbedPatches(images)));                            // [N, P + L, D]
        var patches = backbone.Normalise(PatchGrid.WithoutPrefix(backbone, tokens));                  // [N, L, D]

        return new(backbone.Pool(tokens).MoveToOuterDisposeScope(), patches.MoveToOuterDisposeScope());
    }
}
