namespace Parallax.Plugins.Backbones;

/// <summary>How the tokens of an image become its features.</summary>
public enum ViTPooling
{
    /// <summary>The class token behind the final normalisation <c>norm</c>.</summary>
    Token,

    /// <summary>The mean of the patch tokens, then the normalisation <c>fc_norm</c>; there is no <c>norm</c>. As in timm and in MAE's fine-tuning.</summary>
    Average,
}

/// <summary>How a transformer knows where a patch is.</summary>
public enum ViTPositions
{
    /// <summary>A trained table, drawn from a normal distribution of deviation 0.02.</summary>
    Learned,

    /// <summary>A fixed table of sines and cosines, the column first: MAE.</summary>
    SinCos,

    /// <summary>A fixed table of sines and cosines, the row first: MoCo v3.</summary>
    SinCosMoco,

    /// <summary>Not at all: the table is zero and not trained. With the weights it goes into later training, where it may be a learned one: MP3.</summary>
    None,
}

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
