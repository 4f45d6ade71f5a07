using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

/// <summary>Kernels and maps, worked out by hand.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class LayerPicturesTests
{
    [Fact]
    public void Drawn_Kernels_GoFromTheSmallestWeightToTheLargest()
    {
        using var scope = torch.NewDisposeScope();
        var kernels = torch.cat([torch.tensor(new float[] { -1, 0, 1, 3 }), torch.full([16 * 4], 5f)]).view(17, 1, 2, 2);

        var picture = LayerPictures.Drawn(kernels);

        Assert.Equal([1, 2 * 26, 16 * 26], picture.shape);   // 12 pixels for a weight, two between kernels, 16 kernels in a row
        Assert.Equal([0, 0.25f, 0.5f, 1], new[] { (0, 0), (0, 23), (23, 0), (23, 23) }.Select(place => picture[0, place.Item1, place.Item2].item<float>()));
        Assert.Equal([1, 0, 0, 1], new[] { (24, 0), (0, 26), (26, 0), (26, 26) }.Select(place => picture[0, place.Item1, place.Item2].item<float>()));
    }

    [Fact]
    public void MapsOf_Layers_AreSharesOfTheirLargestValue()
    {
        using var scope = torch.NewDisposeScope();
        using var backbone = new Given();

        var maps = LayerPictures.MapsOf(backbone, torch.zeros(1, 3, 2, 2));

        Assert.Equal([1, 1, 2], Assert.Single(maps).shape);
        Assert.Equal([0.5f, 1], maps[0].data<float>().ToArray());   // means of the sizes 1 and 1, and of 4 and 0
    }

    [Fact]
    public void FirstKernels_OfGreyOrColouredImages_AreThoseOfTheFirstConvolution()
    {
        using var scope = torch.NewDisposeScope();
        using var backbone = new Given();

        Assert.Equal([4, 3, 5, 5], LayerPictures.FirstKernels(backbone)!.shape);
        Assert.Null(LayerPictures.FirstKernels(new Given(channels: 2)));
        Assert.Null(LayerPictures.FirstKernels(new Given(side: 1)));
    }

    // Its one map is the same for every image, and its features are no use.
    private sealed class Given : Module<Tensor, Tensor>, IBackbone
    {
        private readonly Module<Tensor, Tensor> conv1;

        public Given(int channels = 3, int side = 5)
            : base(nameof(Given))
        {
            conv1 = torch.nn.Conv2d(channels, 4, side);
            RegisterComponents();
        }

        public int FeatureDim => 1;

        public IReadOnlyList<FeatureStage> Stages => [new("given", 2, 1)];

        public IReadOnlyList<Tensor> Maps(Tensor images) => [torch.tensor(new float[] { -1, 4, 1, 0 }).view(1, 2, 1, 2)];

        public override Tensor forward(Tensor images) => images.mean([1, 2, 3]).unsqueeze(1);
    }
}
