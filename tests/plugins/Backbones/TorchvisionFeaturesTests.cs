using System.Globalization;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>Whole networks against torchvision's, whose features <c>eng/references/backbone_reference.py</c> and <c>video_reference.py</c> wrote: weights and
/// images come from a formula.</summary>
public sealed class TorchvisionFeaturesTests
{
    private const int ImageNumber = 999, Shown = 61, Frames = 8;

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    public void Swin_Tiny_GivesTorchvisionsFeatures(int side) => AssertSame("swin", side, new Swin(new(), TestRuns.Of() with { ImageSize = 224 }));

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    public void ConvNeXt_Tiny_GivesTorchvisionsFeatures(int side) => AssertSame("convnext", side, new ConvNeXt(new(), TestRuns.Of() with { ImageSize = 224 }));

    [Fact]
    public void ViT_OfFourBlocks_GivesTorchvisionsFeatures() =>
        AssertSame("vit", 64, new ViT(new() { Size = ViTSize.Tiny, Depth = 4 }, TestRuns.Of() with { ImageSize = 64 }));

    [Fact]
    public void AlexNet_WithoutNormalisation_GivesTorchvisionsLastMap() =>
        AssertSame("alexnet", 96, new AlexNet(new() { Norm = AlexNetNorm.None, FullyConnected = 0 }, TestRuns.Of() with { ImageSize = 96 }));

    [Fact]
    public void Vgg16_WithNormalisation_GivesTorchvisionsLastMap() =>
        AssertSame("vgg16", 64, new Vgg16(new() { FullyConnected = 0 }, TestRuns.Of() with { ImageSize = 64 }));

    [Fact]
    public void R3D18_OfAClip_GivesTorchvisionsFeatures() => AssertSameOfClips("r3d-18", 64, new R3D18(new(), TestRuns.Of()));

    [Fact]
    public void R2Plus1D18_OfAClip_GivesTorchvisionsFeatures() => AssertSameOfClips("r2plus1d-18", 64, new R2Plus1D18(new(), TestRuns.Of()));

    [Fact]
    public void S3D_OfAClip_GivesTorchvisionsFeatures() => AssertSameOfClips("s3d", 64, new S3D(new() { NormEpsilon = 1e-3 }, TestRuns.Of()));

    [Theory]
    [InlineData(64)]
    [InlineData(96)]   // larger than its tables of positions, which are interpolated
    public void MViT_OfAClip_GivesTorchvisionsFeatures(int side) => AssertSameOfClips("mvit-v2-s", side,
        new MViTV2S(new() { Frames = Frames, Pooling = MViTPooling.Token }, TestRuns.Of() with { ImageSize = 64 }));

    private static void AssertSame(string name, int side, Module<Tensor, Tensor> network) =>
        AssertSame("torchvision-features.txt", name, side, network, [2, 3, side, side]);

    private static void AssertSameOfClips(string name, int side, Module<Tensor, Tensor> network) =>
        AssertSame("torchvision-video-features.txt", name, side, network, [2, 3, Frames, side, side]);

    private static void AssertSame(string file, string name, int side, Module<Tensor, Tensor> network, long[] images)
    {
        using var disposed = network;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (number, (key, parameter)) in network.named_parameters().OrderBy(named => named.name, StringComparer.Ordinal).Index())
        {
            using var once = NewDisposeScope();   // what makes a tensor's numbers is fifteen times as large
            parameter.copy_(Weight(number, key, parameter.shape));
        }

        network.eval();
        var features = network.call(Numbers(ImageNumber, images));   // [2, F]

        Tensors.AssertClose(Reference(file, name, side), Tensors.Values(features[.., TensorIndex.Slice(step: Shown)]), tolerance: 1e-4);
    }

    private static Tensor Weight(int number, string name, long[] shape)
    {
        var values = Numbers(number, shape);

        return shape.Length > 1 ? values * Math.Sqrt(3.0 * shape[0] / values.numel())
            : (values * 0.2) + (name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1);
    }

    /// <summary>Numbers in [-1, 1) as the script makes them: whole until the last step, so equal to the last bit.</summary>
    private static Tensor Numbers(int number, params long[] shape)
    {
        var place = arange(shape.Aggregate(1L, (count, side) => count * side), dtype: int64);

        return (((place * place * 7) + (place * 31) + (number * 977)).remainder(65521).to(float64) / 32760.5).sub(1).to(float32).view(shape);
    }

    private static float[] Reference(string file, string name, int side)
    {
        using var stream = typeof(TorchvisionFeaturesTests).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        var line = reader.ReadToEnd().Split('\n').Single(line => line.StartsWith($"{name} {side} ", StringComparison.Ordinal));

        return [.. line.Split(' ').Skip(2).Select(number => float.Parse(number, CultureInfo.InvariantCulture))];
    }
}
