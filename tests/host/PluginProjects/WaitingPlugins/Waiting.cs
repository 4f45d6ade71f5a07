namespace WaitingPlugins;

/// <summary>Options of what waits.</summary>
public sealed record WaitingOptions
{
    /// <summary>A named pipe; reading it waits for as long as somebody holds its other end open.</summary>
    public string Path { get; init; } = "";
}

/// <summary>A data set whose index never ends.</summary>
[Plugin("waiting", Options = typeof(WaitingOptions))]
public sealed class WaitingSource(WaitingOptions options) : IDatasetSource
{
    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        using var pipe = File.OpenRead(options.Path);
        pipe.ReadByte();

        throw new NotSupportedException("It only waits.");
    }
}

/// <summary>A protocol whose measurement never ends.</summary>
[Plugin("waiting", Options = typeof(WaitingOptions))]
public sealed class WaitingEvaluator(WaitingOptions options) : IEvaluator
{
    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        using var pipe = File.OpenRead(options.Path);
        pipe.ReadByte();

        throw new NotSupportedException("It only waits.");
    }
}
