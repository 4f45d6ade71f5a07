namespace Parallax.Plugins.Parts;

/// <summary>A learned embedding in place of those of hidden patches, before they are told their positions.</summary>
/// <remarks>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, section 2.3, https://arxiv.org/abs/2106.08254.</remarks>
public static class MaskToken
{
    /// <summary>Makes the embedding, [1, D].</summary>
    /// <param name="width">Width D of the embeddings of patches.</param>
    /// <param name="std">Deviation of its first values, a normal distribution before it is cut off; 0 begins with zeros.</param>
    /// <param name="bound">Largest absolute value: 2 in timm, the deviation itself in BEiT's code.</param>
    public static Parameter Create(long width, double std, double bound = 2)
    {
        var token = new Parameter(zeros([1, width], dtype: float32));
        if (std > 0)
        {
            TruncatedNormal.Fill(token, std, bound);
        }

        return token;
    }

    /// <summary>Hides patches.</summary>
    /// <param name="patches">[N, h, w, D].</param>
    /// <param name="hidden">1 where something is hidden, else 0, [N, h / s, w / s]: one value for s x s patches.</param>
    /// <param name="token">The embedding, [1, D].</param>
    /// <returns>[N, h, w, D].</returns>
    public static Tensor Hide(Tensor patches, Tensor hidden, Tensor token)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (patches.shape[1] / hidden.shape[1], patches.shape[2] / hidden.shape[2]);
        var everywhere = hidden.to(patches.device).repeat_interleave(rows, 1).repeat_interleave(columns, 2);   // [N, h, w]

        return where(everywhere.unsqueeze(3).to(@bool), token.to(patches.dtype), patches).MoveToOuterDisposeScope();
    }
}
