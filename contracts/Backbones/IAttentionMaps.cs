namespace Parallax.Contracts;

/// <summary>Declares that a backbone can tell what its class token attends to. Asked for pictures only: it is computed beside the forward pass.</summary>
public interface IAttentionMaps : ITokenBackbone
{
    /// <summary>How much the class token attends to every patch in the last block, head by head.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>[N, heads, h, w] float32: shares of a sum that the tokens before the patches make up to one; of the first token where
    /// <see cref="ITokenBackbone.HasClassToken"/> is false.</returns>
    Tensor ClassAttention(Tensor images);
}
