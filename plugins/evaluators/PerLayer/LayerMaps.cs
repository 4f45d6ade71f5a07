namespace Parallax.Plugins.Evaluators;

/// <summary>The pooled maps of the layers of a backbone, from its stem to what it returns.</summary>
internal sealed class LayerMaps
{
    private const string FeaturesName = "features";

    private readonly IBackbone _backbone;
    private readonly LayerChoice _choice;
    private readonly int? _stem;   // place of the map among those of the stem
    private readonly List<MapPool> _pools;

    /// <param name="backbone">Runs once here, in evaluation mode, to see the sides of its maps.</param>
    /// <param name="choice">Which layers, and how they are pooled.</param>
    /// <param name="run">Gives channels and size of the images.</param>
    public LayerMaps(IBackbone backbone, LayerChoice choice, RunInfo run)
    {
        (_backbone, _choice) = (backbone, choice);
        _stem = (choice.Stem, backbone.StemStages.Count) switch
        {
            (StemLayer.None, _) or (_, 0) => null,
            (StemLayer.Convolution, _) => 0,
            (_, var count) => count - 1,
        };
        FeatureStage[] stages = [.. _stem is { } place ? [backbone.StemStages[place]] : (FeatureStage[])[], .. backbone.Stages];
        _pools = [.. stages.Zip(Sides(run), (stage, side) => MapPool.Of(choice.Pooling, stage.Channels, side, choice.MostNumbers))];
        Names = [.. stages.Select(stage => stage.Name), .. choice.Features ? [FeaturesName] : (string[])[]];
        Shapes =
        [
            .. stages.Zip(_pools, (stage, pool) => (stage.Channels, pool.Side)),
            .. choice.Features ? [(backbone.FeatureDim, 1)] : ((int, int)[])[],
        ];
    }

    /// <summary>Names of the layers.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Channels and side of each pooled map; what the backbone returns counts as a map of one place.</summary>
    public IReadOnlyList<(int Channels, int Side)> Shapes { get; }

    /// <summary>The pooled maps of all layers.</summary>
    /// <param name="images">[N, C, H, W], or clips.</param>
    /// <returns>One of [N, channels, side, side] float32 for each; of clips the mean over time.</returns>
    public IReadOnlyList<Tensor> Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (maps, features) = Maps(images);
        List<Tensor> seen = [.. maps.Zip(_pools, (map, pool) => pool.Apply(Flat(map)))];
        if (_choice.Features)
        {
            seen.Add(features!.to(float32).unsqueeze(-1).unsqueeze(-1));   // [N, F, 1, 1]
        }

        return seen.ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <summary>One layer as rows.</summary>
    /// <param name="images">[N, C, H, W], or clips.</param>
    /// <param name="layer">Place among <see cref="Names"/>.</param>
    /// <returns>[N, channels x side x side] float32.</returns>
    public Tensor Of(Tensor images, int layer)
    {
        using var scope = NewDisposeScope();

        if (layer == _pools.Count)
        {
            return _backbone.call(images).to(float32).MoveToOuterDisposeScope();
        }

        var stems = _stem is null ? 0 : 1;
        var map = layer < stems ? _backbone.StemMaps(images)[_stem!.Value] : _backbone.Maps(images)[layer - stems];

        return _pools[layer].Apply(Flat(map)).flatten(1).MoveToOuterDisposeScope();
    }

    private static Tensor Flat(Tensor map) => map.dim() == 4 ? map.to(float32) : map.to(float32).mean([2]);   // [N, C, H, W], of [N, C, T, H, W] too

    // One pass, and no further than the maps where they are all that is asked for.
    private (IReadOnlyList<Tensor> Maps, Tensor? Features) Maps(Tensor images)
    {
        if (_stem is null && !_choice.Features)
        {
            return (_backbone.Maps(images), null);
        }

        var seen = _backbone.Outputs(images);

        return ([.. _stem is { } place ? [seen.StemMaps[place]] : (Tensor[])[], .. seen.Maps], seen.Features);
    }

    private IEnumerable<int> Sides(RunInfo run)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var module = (Module)_backbone;
        var wasTraining = module.training;
        module.eval();
        long[] frames = _backbone.TakesClips ? [run.Clip!.Frames] : [];
        try
        {
            var (maps, _) = Maps(zeros([1, run.Data.Channels, .. frames, run.ImageSize, run.ImageSize], device: module.parameters().First().device));

            return [.. maps.Select(map => (int)map.shape[^1])];
        }
        finally
        {
            module.train(wasTraining);
        }
    }
}
