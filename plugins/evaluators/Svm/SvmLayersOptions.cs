using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the SVM protocols on the maps of every layer.</summary>
public abstract record SvmLayersOptions
{
    /// <inheritdoc cref="SvmVoc07Options.Costs"/>
    public SvmCostGrid Costs { get; init; } = SvmCostGrid.Vissl;

    /// <summary>How maps are pooled: adaptive-average, adaptive-max, padded-average, padded-max, overlapping-average, bilinear or max-if-larger. VISSL:
    /// overlapping-average.</summary>
    public MapPooling Pooling { get; init; } = MapPooling.OverlappingAverage;

    /// <summary>Numbers of a pooled map at most. VISSL's 9216 and 8192 of ResNet-50 follow from 9600.</summary>
    [Range(1, 1_000_000)]
    public int MostNumbers { get; init; } = 9600;

    /// <summary>Which map of a residual network's stem is measured, too: none, convolution (before the pooling) or pooled (behind it). VISSL:
    /// convolution.</summary>
    public StemLayer Stem { get; init; } = StemLayer.Convolution;

    /// <summary>Whether what the backbone itself returns is measured as the last layer, called <c>features</c>. Ours: yes.</summary>
    public bool Features { get; init; } = true;

    internal LayerChoice Layers => new(Pooling, MostNumbers, Stem, Features);
}
