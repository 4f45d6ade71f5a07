namespace Parallax.Plugins.Parts;

/// <summary>Over what a teacher's tokens are normalised before they become targets.</summary>
public enum TargetNorm
{
    /// <summary>Each token over its features.</summary>
    Token,

    /// <summary>Each feature over the tokens of an image, and the result over the features: what all patches of an image share, such as its brightness, is no
    /// target then.</summary>
    Image,
}

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

    /// <summary>Normalises the tokens as asked for.</summary>
    /// <param name="tokens">[N, L, D].</param>
    /// <param name="norm">Over what.</param>
    /// <returns>[N, L, D] float32.</returns>
    public static Tensor Normalised(Tensor tokens, TargetNorm norm) =>
        norm == TargetNorm.Token ? Normalised(tokens) : MeanOfLast([tokens], 1, norm);

    /// <summary>The mean of what the last blocks say, each normalised before, and the mean again.</summary>
    /// <param name="layers">Tokens after each block, first to last, [N, L, D] each.</param>
    /// <param name="count">How many of the last count; all of them where there are fewer.</param>
    /// <param name="norm">Over what each block's tokens are normalised; their mean is always normalised over its features.</param>
    /// <returns>[N, L, D] float32.</returns>
    /// <remarks>
    /// Baevski et al., "data2vec: A General Framework for Self-supervised Learning in Speech, Vision and Language", ICML 2022, section 3.3,
    /// https://arxiv.org/abs/2202.03555.
    /// </remarks>
    public static Tensor MeanOfLast(IReadOnlyList<Tensor> layers, int count, TargetNorm norm = TargetNorm.Token)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        Tensor[] last = [.. layers.TakeLast(count)];
        var sum = last.Select(Normalise).Aggregate((a, b) => a + b);   // [N, L, D]

        return Normalised(sum / last.Length).MoveToOuterDisposeScope();

        Tensor Normalise(Tensor layer) => norm == TargetNorm.Token ? Normalised(layer) : OverPatches(layer);
    }

    private static Tensor OverPatches(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();

        return F.instance_norm(tokens.to(float32).transpose(1, 2)).transpose(1, 2);   // [N, L, D]
    }
}
