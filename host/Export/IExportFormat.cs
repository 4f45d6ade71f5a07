namespace Parallax.Host.Export;

/// <summary>A kind of file that a backbone can be written as.</summary>
internal interface IExportFormat
{
    /// <summary>What a user calls it.</summary>
    string Name { get; }

    /// <summary>How such files end, with the dot.</summary>
    string Extension { get; }

    /// <summary>What is wrong where sound weights give other features, as a sentence.</summary>
    string LikelyFault { get; }

    /// <summary>Writes a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="metadata">Strings to store in it.</param>
    /// <exception cref="ConfigurationException">The backbone cannot be written so.</exception>
    void Write(string file, IReadOnlyDictionary<string, string> metadata);

    /// <summary>What somebody else gets who reads the file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="batches">Images [N, C, H, W] or clips [N, C, T, H, W].</param>
    /// <returns>[all N, F] float32.</returns>
    /// <exception cref="ConfigurationException">It cannot be read back.</exception>
    Tensor Features(string file, IReadOnlyList<Tensor> batches);
}
