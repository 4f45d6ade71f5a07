namespace Parallax.Plugins.Backbones;

/// <summary>Positions of a clip's tokens, which stand frame by frame and row by row.</summary>
/// <param name="Frames">Along time.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal readonly record struct ClipGrid(long Frames, long Height, long Width)
{
    /// <summary>Number of tokens.</summary>
    public long Count => Frames * Height * Width;
}
