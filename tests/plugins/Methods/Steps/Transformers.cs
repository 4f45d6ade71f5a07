using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Small backbones on tokens, for the images of these tests: 4 x 4 patches of two pixels.</summary>
internal static class Transformers
{
    /// <summary>Two blocks of width 12.</summary>
    public static ViT Tiny() => new(new ViTOptions { Size = ViTSize.Tiny, Width = 12, Depth = 2, Heads = 2, PatchSize = 2 }, TestRuns.Of());

    /// <summary>Swin, whose tokens stand for 8 x 8 pixels: 3 x 3 of images of 24 pixels, 2 x 2 of 16.</summary>
    public static Swin Windows() => new(new SwinOptions { Width = 32, PatchSize = 1, Window = 4 }, TestRuns.Of() with { ImageSize = 24 });

    /// <summary>One of the two, and images for it: two large crops and a small one with fewer tokens.</summary>
    public static (BackboneFactory Backbones, Batch Batch) Choose(bool swin) => swin ? (Windows, Networks.Batch(24, 24, 16)) : (Tiny, Networks.Batch(8, 8, 6));
}
