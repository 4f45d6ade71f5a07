namespace Parallax.Plugins.Backbones;

/// <summary>One block of a multiscale vision transformer.</summary>
/// <param name="Inputs">Width of its input.</param>
/// <param name="AttentionWidth">Width of its attention, heads times the width of a head.</param>
/// <param name="Outputs">Width of its output.</param>
/// <param name="Heads">Heads of the attention.</param>
/// <param name="QueryStride">Step of the pooling of queries along the sides; the output has so many times fewer rows and columns.</param>
/// <param name="KeyStride">Step of the pooling of keys and values along the sides.</param>
/// <param name="Frames">Positions in time for which its tables are made.</param>
/// <param name="Side">Positions along a side of its input for which its tables are made.</param>
internal sealed record MViTBlockShape(
    long Inputs, long AttentionWidth, long Outputs, long Heads, long QueryStride, long KeyStride, long Frames, long Side)
{
    /// <summary>Whether the attention is wider than the input.</summary>
    public bool WidensInAttention => AttentionWidth != Inputs;

    /// <summary>Whether the output is wider than the attention.</summary>
    public bool WidensInMlp => Outputs != AttentionWidth;
}
