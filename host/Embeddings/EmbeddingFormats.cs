namespace Parallax.Host.Embeddings;

/// <summary>A kind of file that holds embeddings.</summary>
internal interface IEmbeddingFormat
{
    /// <summary>Writes a file, which appears under its name when it is complete.</summary>
    void Write(string file, EmbeddingTable table);

    /// <summary>The files that <see cref="Write"/> makes.</summary>
    IReadOnlyList<string> FilesOf(string file) => [file];

    /// <summary>Reads a file that is there.</summary>
    /// <exception cref="ConfigurationException">It is no such file, or damaged.</exception>
    /// <exception cref="IOException">The disk does not give it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    EmbeddingSet Read(string file);
}

/// <summary>The formats by the ending of a file.</summary>
internal static class EmbeddingFormats
{
    private static readonly Dictionary<string, IEmbeddingFormat> _known = new(StringComparer.OrdinalIgnoreCase)
    {
        [".parquet"] = new ParquetEmbeddings(), [".npy"] = new NpyEmbeddings(), [".safetensors"] = new SafeTensorsEmbeddings(), [".csv"] = new CsvEmbeddings(),
    };

    /// <summary>The format of a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="source">What named it, for messages.</param>
    /// <exception cref="ConfigurationException">Its ending is unknown.</exception>
    public static IEmbeddingFormat Of(string file, string source) => _known.GetValueOrDefault(Path.GetExtension(file)) ?? throw new ConfigurationException(
        $"{source} is '{file}'; the ending says how embeddings are written, and it is one of {string.Join(", ", _known.Keys)}.");
}
