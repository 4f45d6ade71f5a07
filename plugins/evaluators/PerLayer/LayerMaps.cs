using System.Runtime.InteropServices;

namespace Parallax.Plugins.Evaluators;

/// <summary>The pooled maps of the layers of a backbone, from its stem to what it returns.</summary>
internal sealed class LayerMaps
{
    private const string FeaturesName = "features";

    private readonly IBackbone _backbone;
    private readonly IReadOnlyList<int> _stems;   // places of maps among those of the stem
    private readonly IReadOnlyList<Stage> _stages;
    private readonly bool _hasFeatures;
    private readonly ProbeTiles? _tiles;
    private readonly List<MapPool> _pools;

    /// <param name="backbone">Runs once here, in evaluation mode, to see the sides of its maps.</param>
    /// <param name="choice">Which layers, and how they are pooled.</param>
    /// <param name="run">Gives channels and size of the images.</param>
    public LayerMaps(IBackbone backbone, LayerChoice choice, RunInfo run)
    {
        (_backbone, _tiles) = (backbone, choice.Tiles == 0 ? null : new(choice.Tiles, run));
        _stems = (choice.Stem, backbone.StemStages.Count) switch
        {
            (StemLayer.None, _) or (_, 0) => [],
            (StemLayer.Convolution, _) => [0],
            (StemLayer.Pooled, var count) => [count - 1],
            (_, var count) => [.. Enumerable.Range(0, count)],
        };
        _stages = [.. Stages(backbone, choice.Pools)];
        _hasFeatures = choice.Features && _stages[^1].Pooled is null;
        FeatureStage[] maps = [.. _stems.Select(place => backbone.StemStages[place]), .. _stages.Select(stage => stage.Map)];
        _pools = [.. maps.Zip(Sides(run), (map, side) => MapPool.Of(choice.Pooling, map.Channels, side, choice.MostNumbers))];
        Names = [.. maps.Select(map => map.Name), .. _hasFeatures ? [FeaturesName] : (string[])[]];
        Shapes =
        [
            .. maps.Zip(_pools, (map, pool) => (map.Channels, pool.Side)), .. _hasFeatures ? [(backbone.FeatureDim, 1)] : ((int, int)[])[],
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
        var (maps, features) = Maps(_tiles is null ? images : _tiles.Of(images));
        List<Tensor> seen = [.. maps.Zip(_pools, (map, pool) => pool.Apply(Flat(map)))];
        if (features is not null)
        {
            seen.Add(features.to(float32).unsqueeze(-1).unsqueeze(-1));   // [N, F, 1, 1]
        }

        return seen.ConvertAll(map => (_tiles is null ? map : _tiles.Mean(map)).MoveToOuterDisposeScope());
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

        var map = layer < _stems.Count ? _backbone.StemMaps(images)[_stems[layer]] : MapOf(_stages[layer - _stems.Count], _backbone.Maps(images));

        return _pools[layer].Apply(Flat(map)).flatten(1).MoveToOuterDisposeScope();
    }

    private static Tensor Flat(Tensor map) => map.dim() == 4 ? map.to(float32) : map.to(float32).mean([2]);   // [N, C, H, W], of [N, C, T, H, W] too

    // The stages, each with the map behind its pooling where that is a layer, too.
    private static IEnumerable<Stage> Stages(IBackbone backbone, bool pools)
    {
        var pooled = pools && backbone is IPooledStages named ? named.PooledStages.ToDictionary(pool => pool.Stage) : [];
        foreach (var (place, stage) in backbone.Stages.Index())
        {
            yield return new(place, stage, Pooled: null);
            if (pooled.TryGetValue(place, out var pool))
            {
                yield return new(place, pool.Map, pool);
            }
        }
    }

    private Tensor MapOf(Stage stage, IReadOnlyList<Tensor> maps) =>
        stage.Pooled is { } pooled ? ((IPooledStages)_backbone).Pool(pooled, maps[stage.Place]) : maps[stage.Place];

    // One pass, and no further than the maps where they are all that is asked for.
    private (IReadOnlyList<Tensor> Maps, Tensor? Features) Maps(Tensor images)
    {
        if (_stems.Count == 0 && !_hasFeatures)
        {
            return (Chosen([], _backbone.Maps(images)), null);
        }

        var seen = _backbone.Outputs(images);

        return (Chosen(seen.StemMaps, seen.Maps), _hasFeatures ? seen.Features : null);

        IReadOnlyList<Tensor> Chosen(IReadOnlyList<Tensor> stem, IReadOnlyList<Tensor> maps) =>
            [.. _stems.Select(place => stem[place]), .. _stages.Select(stage => MapOf(stage, maps))];
    }

    private IEnumerable<int> Sides(RunInfo run)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var module = (Module)_backbone;
        var wasTraining = module.training;
        module.eval();
        long[] frames = _backbone.TakesClips ? [run.Clip!.Frames] : [];
        var side = _tiles?.Side ?? run.ImageSize;
        try
        {
            var (maps, _) = Maps(zeros([1, run.Data.Channels, .. frames, side, side], device: module.parameters().First().device));

            return [.. maps.Select(map => (int)map.shape[^1])];
        }
        catch (ExternalException e) when (_tiles is not null)
        {
            throw new ConfigurationException($"The backbone {_backbone.GetType().Name} cannot look at tiles of {side} pixels, cut from images of "
                + $"{run.ImageSize}: {e.Message.Split('\n')[0]} Set data.imageSize to more, 192 for example, or take a protocol without tiles.");
        }
        finally
        {
            module.train(wasTraining);
        }
    }

    private sealed record Stage(int Place, FeatureStage Map, PooledStage? Pooled);
}
