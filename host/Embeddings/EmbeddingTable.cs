namespace Parallax.Host.Embeddings;

/// <summary>Features of a whole data set, which are read block by block: a file of any length is written in little memory.</summary>
/// <param name="Metadata">Where they come from, by keys that begin with <c>parallax.</c>.</param>
/// <param name="Classes">Class names in label order; empty without labels.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Width">F.</param>
/// <param name="Blocks">The rows, from the first on, every time it is called.</param>
internal sealed record EmbeddingTable(
    IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<string> Classes, long Rows, int Width, Func<IEnumerable<EmbeddingBlock>> Blocks)
{
    /// <summary>The images, in the order of the rows.</summary>
    public IEnumerable<EmbeddedImage> Images => Blocks().SelectMany(block => block.Rows);

    /// <summary>Name of an image's class; empty without.</summary>
    public string ClassOf(EmbeddedImage image) => image.Label < 0 ? "" : Classes[image.Label];
}
