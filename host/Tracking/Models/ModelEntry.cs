namespace Parallax.Host.Tracking;

/// <summary>A model to log with a run.</summary>
/// <param name="Key">32 hexadecimal digits that follow from run, step and weights: the same model is logged once.</param>
/// <param name="Name">Name shown.</param>
/// <param name="Step">Optimizer steps that its weights were trained.</param>
/// <param name="Time">When it was written, milliseconds since 1970.</param>
/// <param name="Input">What it is given.</param>
/// <param name="Output">What it gives.</param>
/// <param name="Params">What it is: method, backbone, data set.</param>
/// <param name="Metadata">How it is used: strings for its <c>MLmodel</c>.</param>
internal sealed record ModelEntry(
    string Key, string Name, long Step, long Time, ModelTensor Input, ModelTensor Output, IReadOnlyDictionary<string, string> Params,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Its files by name, each as path of a copy inside the journal's folder, or of the file itself when there is no room for a copy.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Size of its files.</summary>
    public long Bytes { get; init; }

    /// <summary>The name to register it under; null: it is logged only.</summary>
    public string? RegisteredName { get; init; }

    /// <summary>The alias that the registered version gets; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>The model with the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="copy">Copies a file to the journal, and gives the path of the copy.</param>
    public ModelEntry WithFiles(string folder, Func<string, string> copy) => this with
    {
        Files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
            .Where(file => Path.GetFileName(file) != ModelFile.Name)   // which is another one in each store
            .ToDictionary(file => Path.GetFileName(file)!, copy),
    };
}

/// <summary>A tensor that a model is given or gives, of float32.</summary>
/// <param name="Name">Its name; null lets users give an array instead of a dictionary of one.</param>
/// <param name="Shape">Its shape, with -1 for the batch.</param>
internal sealed record ModelTensor(string? Name, IReadOnlyList<long> Shape);
