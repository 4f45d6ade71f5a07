namespace Parallax.Contracts;

/// <summary>The features that protocols look at, of images or of a data set, from one pass through a backbone.</summary>
/// <param name="backbone">Works on tokens where anything but its own features is asked for; see <see cref="Fault"/>.</param>
/// <param name="choices">What is looked at, in order.</param>
public sealed class TokenFeatures(IBackbone backbone, IReadOnlyList<FeatureTokens> choices)
{
    /// <summary>Why a backbone does not have some features; null when it has them.</summary>
    public static string? Fault(IBackbone backbone, FeatureTokens tokens) => (tokens, backbone) switch
    {
        (FeatureTokens.Pooled, _) => null,
        (_, not ITokenBackbone) => $"It looks at tokens, which the backbone {backbone.GetType().Name} does not have. Use the same protocol on pooled features.",
        (FeatureTokens.Class or FeatureTokens.Both, ITokenBackbone { HasClassToken: false }) =>
            $"It looks at the class token, which the backbone {backbone.GetType().Name} does not have. Use pooled features or the mean of its tokens.",
        _ => null,
    };

    /// <summary>Sum of the widths of all choices.</summary>
    public int Width => choices.Sum(WidthOf);

    /// <summary>The normalised tokens of patches, without class token and registers.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>[N, L, D].</returns>
    public static Tensor Patches(ITokenBackbone backbone, Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var encoded = backbone.Encode(backbone.EmbedPatches(images));   // [N, P + L, D]

        return backbone.Normalise(encoded.narrow(1, backbone.PrefixTokens, encoded.shape[1] - backbone.PrefixTokens)).MoveToOuterDisposeScope();
    }

    /// <summary>All choices, one behind the other.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>[N, the sum of their widths].</returns>
    public Tensor Encode(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        if (choices is [FeatureTokens.Pooled])
        {
            return backbone.call(images).MoveToOuterDisposeScope();
        }

        var tokens = (ITokenBackbone)backbone;
        var encoded = tokens.Encode(tokens.EmbedPatches(images));                                                             // [N, P + L, D]
        var pooled = choices.Contains(FeatureTokens.Pooled) ? tokens.Pool(encoded).to(torch.float32) : null;                  // [N, F]
        var (own, mean) = Tokens(tokens, encoded);                                                                            // [N, D] each

        return torch.cat([.. choices.SelectMany(choice => Parts(choice, pooled, own, mean))], 1).MoveToOuterDisposeScope();
    }

    /// <summary>The choices of encoded images.</summary>
    /// <param name="encoded">What <see cref="Encode"/> returned, [N, the sum of their widths].</param>
    public IReadOnlyDictionary<FeatureTokens, Tensor> Split(Tensor encoded)
    {
        var (parts, start) = (new Dictionary<FeatureTokens, Tensor>(), 0L);
        foreach (var choice in choices)
        {
            parts[choice] = choices.Count == 1 ? encoded : encoded.narrow(1, start, WidthOf(choice)).contiguous();
            start += WidthOf(choice);
        }

        return parts;
    }

    private static (Tensor? Class, Tensor Mean) Tokens(ITokenBackbone backbone, Tensor encoded)
    {
        var tokens = backbone.Normalise(encoded).to(torch.float32);                                          // [N, P + L, D]
        var patches = tokens.narrow(1, backbone.PrefixTokens, tokens.shape[1] - backbone.PrefixTokens);      // [N, L, D]

        return (backbone.HasClassToken ? tokens.select(1, 0) : null, patches.mean([1]));                     // [N, D] each
    }

    private static IEnumerable<Tensor> Parts(FeatureTokens choice, Tensor? pooled, Tensor? own, Tensor? mean) => choice switch
    {
        FeatureTokens.Pooled => [pooled!],
        FeatureTokens.Class => [own!],
        FeatureTokens.Mean => [mean!],
        _ => [own!, mean!],
    };

    private int WidthOf(FeatureTokens choice) => choice switch
    {
        FeatureTokens.Pooled => backbone.FeatureDim,
        FeatureTokens.Both => 2 * ((ITokenBackbone)backbone).TokenDim,
        _ => ((ITokenBackbone)backbone).TokenDim,
    };
}
