namespace Parallax.Host.Embeddings;

/// <summary>What is asked for of images.</summary>
/// <param name="File">Where the features go; the ending says in which format.</param>
/// <param name="Tokens">Which features.</param>
/// <param name="IsNormalised">Whether each row is divided by its length.</param>
/// <param name="Replaces">Whether a file that is there is replaced, and one that was begun otherwise is begun anew.</param>
internal sealed record EmbeddingRequest(string File, FeatureTokens Tokens, bool IsNormalised, bool Replaces = false);

/// <summary>What was embedded.</summary>
/// <param name="File">The file.</param>
/// <param name="Images">Images of the data, those that cannot be read included.</param>
/// <param name="Rows">Those that are in the file.</param>
/// <param name="Width">Numbers of a row.</param>
/// <param name="Bytes">Size of the file.</param>
internal sealed record EmbeddingResult(string File, long Images, long Rows, int Width, long Bytes)
{
    /// <summary>Images that cannot be read.</summary>
    public long LeftOut => Images - Rows;
}
