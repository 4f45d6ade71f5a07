namespace Parallax.Plugins.Parts;

/// <summary>Targets made of the tokens of a teacher, for a student that predicts them: constants in float32, each token normalised over its features.</summary>
public static class TokenTargets
{
    /// <summary>Every token with mean 0 and variance 1 over its features, without scale and shift.</summary>
    /// <param name="tokens">[N, L, D].</param>
    /// <returns>[N, L, D] float32.</returns>
    /// <remarks>
    /// Assran et al., "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture" (I-JEPA), CVPR 2023,
    /// https://arxiv.org/abs/2301.08243, as in the authors' code.
    /// </remarks>
    public static Tensor Normalised(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();

        return F.layer_norm(tokens.to(float32), [tokens.shape[^1]]);
    }

    /// <summary>The mean of what the last blocks say, each normalised before, and the mean again.</summary>
    /// <param name="layers">Tokens after each block, first to last, [N, L, D] each.</param>
    /// <param name="count">How many of the last count; all of them where there are fewer.</param>
    /// <returns>[N, L, D] float32.</returns>
    /// <remarks>
    /// Baevski et al., "data2vec: A General Framework for Self-supervised Learning in Speech, Vision and Language", ICML 2022, section 3.3,
    /// https://arxiv.org/abs/2202.03555.
    /// </remarks>
    public static Tensor MeanOfLast(IReadOnlyList<Tensor> layers, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        Tensor[] last = [.. layers.TakeLast(count)];
        var sum = last.Select(Normalised).Aggregate((a, b) => a + b);   // [N, L, D]

        return Normalised(sum / last.Length).MoveToOuterDisposeScope();
    }
}
