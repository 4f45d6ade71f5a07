namespace Parallax.Contracts;

/// <summary>Declares that a backbone has poolings behind some of its stages whose maps a protocol may look at, as papers do at AlexNet's <c>pool1</c>,
/// <c>pool2</c> and <c>pool5</c>.</summary>
public interface IPooledStages : IBackbone
{
    /// <summary>The maps behind poolings, in the order of <see cref="IBackbone.Stages"/>.</summary>
    IReadOnlyList<PooledStage> PooledStages { get; }

    /// <summary>Pools the map of a stage.</summary>
    /// <param name="pooled">One of <see cref="PooledStages"/>.</param>
    /// <param name="map">What <see cref="IBackbone.Maps"/> gave for its stage.</param>
    /// <returns>[N, <see cref="FeatureStage.Channels"/>, H', W'].</returns>
    Tensor Pool(PooledStage pooled, Tensor map);
}

/// <summary>A map behind a pooling.</summary>
/// <param name="Stage">Place of the stage that is pooled, from 0.</param>
/// <param name="Map">Name, channels and stride.</param>
public sealed record PooledStage(int Stage, FeatureStage Map);
