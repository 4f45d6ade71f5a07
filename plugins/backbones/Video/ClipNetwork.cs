namespace Parallax.Plugins.Backbones;

/// <summary>A convolutional network for clips: features are the mean of its last map over time and space.</summary>
public abstract class ClipNetwork : Module<Tensor, Tensor>, ILayeredBackbone, IOnnxModule
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Of the network.</param>
    private protected ClipNetwork(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public bool TakesClips => true;

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public abstract IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => [.. Stages.Select(stage => stage.Channels)];

    /// <summary>Features of clips.</summary>
    /// <param name="input">[N, C, T, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions; not negative, because the last layer is a ReLU.</returns>
    /// <exception cref="ConfigurationException">They are no clips.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return ScopedMaps(input)[^1].mean([2, 3, 4]).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Mean(LastMap(graph, input), [2, 3, 4]);   // [N, F]

    /// <summary>Averaged features after each stage.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();

        return ScopedMaps(images).ConvertAll(map => map.mean([2, 3, 4]).MoveToOuterDisposeScope());
    }

    /// <summary>The maps after each stage.</summary>
    /// <param name="images">Clips [N, C, T, H, W].</param>
    /// <returns>One of [N, channels, T', H', W'] for each stage.</returns>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return ScopedMaps(images).ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = ScopedMaps(images);

        return new BackboneOutputs([], maps, maps[^1].mean([2, 3, 4])).MoveToOuterDisposeScope();
    }

    /// <summary>The maps of all stages, in the scope of the caller.</summary>
    /// <param name="clips">[N, C, T, H, W].</param>
    /// <returns>One of [N, channels, T', H', W'] for each stage.</returns>
    private protected abstract List<Tensor> ScopedMaps(Tensor clips);

    /// <summary>Adds the network up to its last map to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="clips">[N, C, T, H, W].</param>
    /// <returns>[N, F, T', H', W'].</returns>
    private protected abstract OnnxValue LastMap(IOnnxGraph graph, OnnxValue clips);
}
