namespace Parallax.Plugins.Parts;

/// <summary>Choosing among the tokens of images.</summary>
public static class Tokens
{
    /// <summary>Tokens at given places, for each image its own.</summary>
    /// <param name="tokens">[N, L, D].</param>
    /// <param name="places">[N, K] int64, each in [0, L).</param>
    /// <returns>[N, K, D], in the order of the places.</returns>
    public static Tensor Take(Tensor tokens, Tensor places) => tokens.gather(1, places.unsqueeze(2).expand(-1, -1, tokens.shape[2]));
}
