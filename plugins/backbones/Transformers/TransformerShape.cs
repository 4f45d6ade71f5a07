namespace Parallax.Plugins.Backbones;

/// <summary>What a vision transformer is built from.</summary>
/// <param name="Width">Width D of the tokens.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Heads">Heads of each attention; divides the width.</param>
/// <param name="MlpRatio">Width of the hidden layer of each MLP, in multiples of D.</param>
public sealed record TransformerShape(int Width, int Depth, int Heads, double MlpRatio = 4)
{
    /// <summary>How tokens become features.</summary>
    public ViTPooling Pooling { get; init; }

    /// <summary>How positions are told.</summary>
    public ViTPositions Positions { get; init; }

    /// <summary>Probability that a sample skips a branch of the last block; it rises evenly from 0 in the first.</summary>
    public double DropPath { get; init; }

    /// <summary>First value of the factors on each branch; 0 leaves them out.</summary>
    public double LayerScale { get; init; }
}
