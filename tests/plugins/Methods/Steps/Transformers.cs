using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Small backbones on tokens, for the images of these tests: 4 x 4 patches of two pixels.</summary>
internal static class Transformers
{
    /// <summary>Two blocks of width 12.</summary>
    public static ViT Tiny() => new(new ViTOptions { Size = ViTSize.Tiny, Width = 12, Depth = 2, Heads = 2, PatchSize = 2 }, TestRuns.Of());
}
