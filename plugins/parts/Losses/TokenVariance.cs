namespace Parallax.Plugins.Parts;

/// <summary>Where the variance of tokens comes from: how much a student can predict of them without seeing what is in the patches.</summary>
public static class TokenVariance
{
    /// <summary>Variance of the means per place and of the means per image, each over that of all tokens, summed over features (two-way analysis of
    /// variance).</summary>
    /// <param name="tokens">[N, L, D]: of N images at the same L places.</param>
    /// <returns>[] float32 each, a fraction in [0, 1], 0 where all tokens are the same; what is left of 1 are differences within images that are not those of
    /// the places.</returns>
    public static (Tensor OfPlaces, Tensor OfImages) Shares(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var x = tokens.detach().to(float32);
        var total = Of(x.flatten(0, 1)).clamp_min(1e-12f);                                         // []

        return ((Of(x.mean([0])) / total).MoveToOuterDisposeScope(), (Of(x.mean([1])) / total).MoveToOuterDisposeScope());
    }

    private static Tensor Of(Tensor rows) => rows.var(0, unbiased: false).sum();   // [M, D] -> []
}
