namespace Parallax.Plugins.Evaluators;

/// <summary>Which map of a residual network's stem is looked at.</summary>
public enum StemLayer
{
    /// <summary>None.</summary>
    None,

    /// <summary>What its convolution gives, before the pooling: VISSL's and mmselfsup's first map.</summary>
    Convolution,

    /// <summary>What the pooling behind it gives, or the convolution where nothing is pooled: the first map of Kolesnikov et al.</summary>
    Pooled,

    /// <summary>Both, where something is pooled: FAIR's first maps.</summary>
    Both,
}

/// <summary>The layers that a protocol looks at, and how their maps are pooled.</summary>
/// <param name="Pooling">Which convention.</param>
/// <param name="MostNumbers">Numbers of a pooled map at most.</param>
/// <param name="Stem">Which map of the stem.</param>
/// <param name="Features">Whether what the backbone itself returns is the last layer.</param>
internal sealed record LayerChoice(MapPooling Pooling, int MostNumbers, StemLayer Stem, bool Features)
{
    /// <summary>Whether maps behind poolings are layers, too, where a backbone names them.</summary>
    public bool Pools { get; init; }

    /// <summary>Tiles on each side of an image, whose representations are averaged; 0 shows whole images.</summary>
    public int Tiles { get; init; }

    /// <summary>Why a backbone has no layers to look at.</summary>
    public static IEnumerable<string> Faults(IBackbone backbone) => backbone.Stages.Count > 0 ? []
        : [$"It looks at the maps of every layer, and the backbone {backbone.GetType().Name} has none. Take a convolutional backbone, or linear-sgd."];
}
