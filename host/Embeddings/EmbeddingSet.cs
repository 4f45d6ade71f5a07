namespace Parallax.Host.Embeddings;

/// <summary>Features of a data set in memory, as a file holds them.</summary>
/// <param name="File">The file.</param>
/// <param name="Names">Name of each image.</param>
/// <param name="Classes">Name of the class of each image; empty ones without labels.</param>
/// <param name="Contents">Hash of the pixels of each image; null where the file has none.</param>
/// <param name="Features">[N, F] float32 on the CPU.</param>
/// <param name="Metadata">Where they come from; empty where the format holds none.</param>
internal sealed record EmbeddingSet(
    string File, IReadOnlyList<string> Names, IReadOnlyList<string> Classes, IReadOnlyList<ulong>? Contents, Tensor Features,
    IReadOnlyDictionary<string, string> Metadata) : IDisposable
{
    /// <summary>N.</summary>
    public int Count => Names.Count;

    /// <summary>Reads a file that <c>parallax embed</c> wrote.</summary>
    /// <param name="file">The file; its ending says how it is written.</param>
    /// <exception cref="ConfigurationException">There is no such file, the disk does not give it, or it holds no features, or numbers that are not finite.
    /// </exception>
    public static EmbeddingSet Read(string file)
    {
        var format = EmbeddingFormats.Of(file, "The file of embeddings");
        if (!System.IO.File.Exists(file))
        {
            throw new ConfigurationException($"There is no file '{file}'. Give one that 'parallax embed' wrote.");
        }

        var set = ReadBy(format, file);
        try
        {
            set.Require();

            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>The rows divided by their lengths, [N, F].</summary>
    public Tensor Units() => F.normalize(Features);

    /// <summary>Whether the file says what its features come from.</summary>
    public bool IsDescribed => Metadata.ContainsKey(EmbeddingMetadata.Weights);

    /// <summary>Refuses to compare features of two networks, or of images that were treated otherwise.</summary>
    /// <exception cref="ConfigurationException">They have other widths, or come from other weights or settings.</exception>
    public void RequireSameSpace(EmbeddingSet other)
    {
        if (Features.shape[1] != other.Features.shape[1])
        {
            throw new ConfigurationException($"The features of {File} are {Features.shape[1]} wide, those of {other.File} {other.Features.shape[1]}. Embed "
                + "both with the same run and options.");
        }

        if (EmbeddingMetadata.Difference(Metadata, other.Metadata) is var (key, own, theirs))
        {
            throw new ConfigurationException($"{key} is {own} in {File} and {theirs} in {other.File}: features of two kinds cannot be compared. Embed both "
                + "with the same run and options.");
        }
    }

    public void Dispose() => Features.Dispose();

    private static EmbeddingSet ReadBy(IEmbeddingFormat format, string file)
    {
        try
        {
            return format.Read(file);
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException($"{file} cannot be read: {RunFile.Reason(fault)} Check the disk, and the permissions of the file.");
        }
    }

    private void Require()
    {
        if (Classes.Count != Count || (Contents?.Count ?? Count) != Count)
        {
            throw new ConfigurationException($"{File} has {Count} names, {Classes.Count} classes and {Contents?.Count ?? Count} hashes of pixels; expected one "
                + "of each for each row. Embed the images again.");
        }

        if (Count == 0 || Features.dim() != 2 || Features.shape[0] != Count)
        {
            throw new ConfigurationException($"{File} has {Count} names and features of shape [{string.Join(", ", Features.shape)}]; expected [N, F] with a "
                + "name for each row, and one row at least. Embed the images again.");
        }

        using var finite = Features.isfinite().all(1);   // [N]
        if (finite.data<bool>().ToArray() is var rows && Array.IndexOf(rows, false) is >= 0 and var row)
        {
            throw new ConfigurationException($"{File} has features that are no finite numbers, first for '{Names[row]}'. Embed the images with a run that "
                + "has not diverged.");
        }
    }
}
