using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PatchBackboneTests : ModuleTests
{
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 32 };

    [Fact]
    public void Forward_Image_IsTheMeanOfItsPatchesByThemselves()
    {
        var backbone = Create(NormKind.Layer);
        var images = Tensors.Normal(1, 2, 3, 32, 32);
        using var noGradients = no_grad();

        var inner = (Module<Tensor, Tensor>)backbone.named_children().Single().module;
        var expected = zeros(2, backbone.FeatureDim);
        for (var row = 0; row < 5; row++)
        {
            for (var column = 0; column < 5; column++)
            {
                expected += inner.call(images.narrow(2, 1 + (5 * row), 10).narrow(3, 1 + (5 * column), 10)) / 25;
            }
        }

        Tensors.AssertClose(expected, backbone.call(images), 1e-4);
        Tensors.AssertClose(expected, backbone.Maps(images)[0].mean([2, 3]), 1e-4);
    }

    [Fact]
    public void Maps_OnePixel_ChangesTheCodesOfItsPatchesOnly()
    {
        var backbone = Create(NormKind.Layer);   // in training mode
        var images = Tensors.Normal(1, 2, 3, 32, 32);
        var changed = images.clone();
        changed[0].select(1, 12).select(1, 2).add_(3);   // in the second and third row, in the first column

        var difference = (backbone.Maps(images)[0] - backbone.Maps(changed)[0]).abs().amax([1]).gt(1e-6);   // [2, 5, 5]

        Assert.Equal([5, 10], Tensors.Integers(difference[0].flatten().nonzero().flatten()));
        Assert.Equal(0, difference[1].sum().item<long>());
        Assert.Equal((1, "codes", 5), (backbone.Stages.Count, backbone.Stages[0].Name, backbone.Stages[0].Stride));
    }

    [Fact]
    public void Outputs_OfImages_AreTheBitsOfMapsAndFeaturesInOnePass()
    {
        using var scope = NewDisposeScope();
        var backbone = Create(NormKind.Layer);
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        Outputs.AssertOfOnePass(backbone, images, backbone);
    }

    [Fact]
    public void Again_Weights_GiveTheSameFeatures()
    {
        var backbone = Create(NormKind.Layer);
        var again = (Module<Tensor, Tensor>)backbone.Again(channels =>
            new ResNet18(Options(NormKind.Layer), _run with { Data = _run.Data with { Channels = channels } }));
        var images = Tensors.Normal(1, 2, 3, 32, 32);

        again.load_state_dict(backbone.state_dict());

        Tensors.AssertClose(backbone.call(images), again.call(images));
    }

    [Theory]
    [InlineData(NormKind.Layer, false)]
    [InlineData(NormKind.Batch, true)]
    [InlineData(NormKind.Split, true)]
    public void JoinsPatches_Normalisation_OverTheBatchDoes(NormKind norm, bool expected) => Assert.Equal(expected, Create(norm).JoinsPatches);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void JoinsPatches_BatchNormalisationOfAnyDimensions_Does(int dimensions)
    {
        Module norm = dimensions switch
        {
            1 => BatchNorm1d(4),
            2 => BatchNorm2d(4),
            _ => BatchNorm3d(4),
        };

        Assert.True(new PatchBackbone(_ => new LayerBackbone(norm), _run, 5, 0.3125).JoinsPatches);
    }

    private static ResNetOptions Options(NormKind norm) => new() { Width = 0.125, Stem = Stem.Cifar, Norm = norm };

    private PatchBackbone Create(NormKind norm) => Kept(new PatchBackbone(_ => new ResNet18(Options(norm), _run), _run, 5, 0.3125));

    /// <summary>One layer, which it does not use.</summary>
    private sealed class LayerBackbone : Module<Tensor, Tensor>, IBackbone
    {
        public LayerBackbone(Module layer)
            : base(nameof(LayerBackbone)) => register_module("layer", layer);

        public int FeatureDim => 3;

        public override Tensor forward(Tensor input) => input;
    }
}
