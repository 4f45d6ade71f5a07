using Parallax.Host.Data;

namespace Parallax.Tests;

/// <summary>What a loader made.</summary>
internal static class HostBatchPixels
{
    /// <summary>The floats of a view, [N, C, H, W].</summary>
    public static float[] Pixels(this HostBatch batch, int view) => batch.Views[view].Pixels[..(batch.Size * batch.Views[view].Shape.Length)].ToArray();
}
