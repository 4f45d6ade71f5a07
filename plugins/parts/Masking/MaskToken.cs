namespace Parallax.Plugins.Parts;

/// <summary>A learned embedding in place of those of hidden patches, before they are told their positions. State-dictionary name: <c>mask_token</c>.</summary>
/// <remarks>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, section 2.3, https://arxiv.org/abs/2106.08254.</remarks>
public sealed class MaskToken : Module
{
    private readonly Parameter mask_token;

    /// <summary>Makes the embedding.</summary>
    /// <param name="width">Width D of the embeddings of patches.</param>
    /// <param name="std">Deviation of its first values, a normal distribution cut off at two; 0 begins with zeros.</param>
    public MaskToken(long width, double std)
        : base(nameof(MaskToken))
    {
        mask_token = new Parameter(zeros([1, width], dtype: float32));
        if (std > 0)
        {
            TruncatedNormal.Fill(mask_token, std);
        }

        RegisterComponents();
    }

    /// <summary>Hides patches.</summary>
    /// <param name="patches">[N, h, w, D].</param>
    /// <param name="hidden">1 where a patch is hidden, else 0, [N, h, w] on the device of the patches.</param>
    /// <returns>[N, h, w, D].</returns>
    public Tensor Hide(Tensor patches, Tensor hidden) => where(hidden.unsqueeze(3).to(@bool), mask_token.to(patches.dtype), patches);
}
