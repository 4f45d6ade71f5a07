using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Where MViTv2-S doubles its channels.</summary>
public enum MViTForm
{
    /// <summary>In the attention of the first block of a stage: MViTv2's, as in torchvision.</summary>
    Supervised,

    /// <summary>In the MLP of the last block of a stage: MaskFeat's.</summary>
    MaskFeat,
}

/// <summary>What the features of MViTv2-S are.</summary>
public enum MViTPooling
{
    /// <summary>The mean of all tokens but the class token, normalised.</summary>
    Average,

    /// <summary>The class token, normalised.</summary>
    Token,
}

/// <summary>Settings of MViTv2-S, section <c>backbone</c> of a recipe.</summary>
public sealed record MViTOptions
{
    /// <summary>supervised (channels double in the attention) or mask-feat (in the MLP).</summary>
    public MViTForm Form { get; init; } = MViTForm.Supervised;

    /// <summary>average (MaskFeat's fine-tuning) or token (MViTv2, torchvision; the last block's tables of positions then get no gradient).</summary>
    public MViTPooling Pooling { get; init; } = MViTPooling.Average;

    /// <summary>Whether the last stage pools its queries. MViTv2 and MaskFeat's fine-tuning: yes; MaskFeat's pretraining: no, its last map has a stride of
    /// 16.</summary>
    public bool PoolsLast { get; init; } = true;

    /// <summary>Channels of the first stage, the width of a head; features are 8 times as wide. Paper: 96.</summary>
    [Range(1, 4096)]
    public int Width { get; init; } = 96;

    /// <summary>Blocks in all; the stages have 1, 2, the rest, and 2. Paper: 16.</summary>
    [Range(6, 1024)]
    public int Depth { get; init; } = 16;

    /// <summary>Frames of the clips that the tables of positions are made for; others take them by interpolation. Paper: 16.</summary>
    [Range(1, 1024)]
    public int Frames { get; init; } = 16;

    /// <summary>Probability that a clip skips a branch of the last block in training, a fraction in [0, 1); it rises evenly from 0 in the first. MaskFeat: 0,
    /// in fine-tuning 0.1; torchvision: 0.2.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; }
}
