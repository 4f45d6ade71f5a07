namespace Parallax.Contracts;

/// <summary>
/// Declares that a backbone works on tokens, and gives the parts of its forward pass, which is <c>Pool(Encode(EmbedPatches(images)))</c>: what hides patches
/// works between the first two, what looks at single tokens behind them. Its regions are the normalised tokens of patches.
/// </summary>
public interface ITokenBackbone : IRegionBackbone
{
    /// <summary>Width of the embeddings of patches.</summary>
    int PatchDim { get; }

    /// <summary>Width of encoded tokens.</summary>
    int TokenDim { get; }

    /// <summary>Pixels per side of what an encoded token stands for: a patch, or several merged ones.</summary>
    int TokenStride { get; }

    /// <summary>Encoded tokens before those of patches: the class token, then registers; 0 where there are none.</summary>
    int PrefixTokens { get; }

    /// <summary>Whether the first of the prefix tokens is a class token.</summary>
    bool HasClassToken { get; }

    /// <summary>Embeds every patch by itself, without its position.</summary>
    /// <param name="images">[N, C, H, W]; pixels beyond the last whole patch are not seen.</param>
    /// <returns>[N, h, w, <see cref="PatchDim"/>]; of clips [N, t, h, w, <see cref="PatchDim"/>], here and where patches are asked for.</returns>
    Tensor EmbedPatches(Tensor images);

    /// <summary>Adds positions and prefix tokens, and runs all blocks.</summary>
    /// <param name="patches">[N, h, w, <see cref="PatchDim"/>].</param>
    /// <returns>[N, <see cref="PrefixTokens"/> + L, <see cref="TokenDim"/>], before the final normalisation; patches row by row.</returns>
    Tensor Encode(Tensor patches);

    /// <summary>The final normalisation, token by token.</summary>
    /// <param name="tokens">[N, T, <see cref="TokenDim"/>].</param>
    /// <returns>[N, T, <see cref="TokenDim"/>].</returns>
    Tensor Normalise(Tensor tokens);

    /// <summary>Features of encoded tokens.</summary>
    /// <param name="tokens">What <see cref="Encode"/> returned.</param>
    /// <returns>[N, <see cref="IBackbone.FeatureDim"/>].</returns>
    Tensor Pool(Tensor tokens);

    /// <inheritdoc/>
    int IRegionBackbone.RegionDim => TokenDim;

    /// <inheritdoc/>
    (Tensor Views, Tensor Regions) IRegionBackbone.Regions(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var tokens = Encode(EmbedPatches(images));                                                                    // [N, P + L, D]
        var patches = PrefixTokens == 0 ? tokens : tokens.narrow(1, PrefixTokens, tokens.shape[1] - PrefixTokens);    // [N, L, D]

        return (Pool(tokens).MoveToOuterDisposeScope(), Normalise(patches).MoveToOuterDisposeScope());
    }
}

/// <summary>Declares that a backbone encodes any sequence of patches: hidden ones cost nothing.</summary>
public interface IPatchSequenceBackbone : ITokenBackbone
{
    /// <summary>Adds positions and prefix tokens, and runs all blocks over some of the patches.</summary>
    /// <param name="patches">[N, h, w, <see cref="ITokenBackbone.PatchDim"/>], all patches of the images.</param>
    /// <param name="sequence">Which of them are encoded, and how.</param>
    /// <returns>[N, <see cref="ITokenBackbone.PrefixTokens"/> + K, <see cref="ITokenBackbone.TokenDim"/>], before the final normalisation.</returns>
    Tensor Encode(Tensor patches, PatchSequence sequence);

    /// <summary>The tokens after each block, first to last; the last are those of <see cref="Encode(Tensor, PatchSequence)"/>.</summary>
    /// <param name="patches">[N, h, w, <see cref="ITokenBackbone.PatchDim"/>].</param>
    /// <param name="sequence">Which of them are encoded, and how.</param>
    /// <returns>One [N, <see cref="ITokenBackbone.PrefixTokens"/> + K, <see cref="ITokenBackbone.TokenDim"/>] per block.</returns>
    IReadOnlyList<Tensor> EncodeLayers(Tensor patches, PatchSequence sequence);
}

/// <summary>A sequence of patches.</summary>
public sealed record PatchSequence
{
    /// <summary>All patches with their positions, row by row.</summary>
    public static PatchSequence Whole { get; } = new();

    /// <summary>Which patches are encoded, in this order, [N, K] int64 on the device of the patches; null: all, row by row.</summary>
    public Tensor? Visible { get; init; }

    /// <summary>
    /// Places in the sequence (those of patches, counted from 0) that every token attends to beside the prefix tokens, [N, M] int64; null: all.
    /// </summary>
    public Tensor? Context { get; init; }

    /// <summary>Whether patches are told their positions.</summary>
    public bool HasPositions { get; init; } = true;
}
