namespace Parallax.Plugins.Backbones;

/// <summary>How far a convolution reaches or steps: frames, and pixels along each side.</summary>
/// <param name="Time">Frames.</param>
/// <param name="Side">Pixels of a square.</param>
internal readonly record struct Extent(long Time, long Side)
{
    /// <summary>As TorchSharp's layers take it: frames, rows, columns.</summary>
    public (long, long, long) Triple => (Time, Side, Side);

    /// <summary>The zeros on both ends that keep the size at stride 1, of an odd kernel.</summary>
    public (long, long, long) Padding => (Time / 2, Side / 2, Side / 2);
}
