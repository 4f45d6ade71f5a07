using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>How the tokens of an image become its features.</summary>
public enum ViTPooling
{
    /// <summary>The class token behind the final normalisation <c>norm</c>.</summary>
    Token,

    /// <summary>The mean of the patch tokens, then the normalisation <c>fc_norm</c>; there is no <c>norm</c>. As in timm and in MAE's fine-tuning.</summary>
    Average,

    /// <summary>The mean of the patch tokens, each behind <c>norm</c>: I-JEPA.</summary>
    PatchMean,

    /// <summary>The mean of all tokens, the class token among them, each behind <c>norm</c>: FLIP.</summary>
    TokenMean,
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

    /// <summary>No table: BEiT, which has relative positions, and MP3, which must not know.</summary>
    None,
}

/// <summary>What attention adds for the displacement between two patches.</summary>
public enum ViTRelativePositions
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A learned number per head, of one table for all blocks: BEiT in pretraining.</summary>
    Shared,

    /// <summary>The same of a table for each block: BEiT in fine-tuning.</summary>
    PerBlock,
}

/// <summary>The layers between two attentions.</summary>
public enum ViTMlp
{
    /// <summary>Two linear layers, with an exact GELU between them.</summary>
    Gelu,

    /// <summary>The same with the approximation of GELU by a hyperbolic tangent: FLIP.</summary>
    GeluTanh,

    /// <summary>A gated layer, two thirds as wide: DINOv2's largest.</summary>
    Swiglu,
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

    /// <summary>What attention adds for displacements.</summary>
    public ViTRelativePositions RelativePositions { get; init; }

    /// <summary>Whether a class token comes first.</summary>
    public bool HasClassToken { get; init; } = true;

    /// <summary>Learned tokens between the class token and the patches.</summary>
    public int Registers { get; init; }

    /// <summary>The layers between two attentions.</summary>
    public ViTMlp Mlp { get; init; }

    /// <summary>Biases of queries, keys and values.</summary>
    public QkvBias QkvBias { get; init; }
}
