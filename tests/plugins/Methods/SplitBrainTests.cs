using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SplitBrainTests
{
    [Fact]
    public void Step_IsTheSumOfBothCrossEntropies()
    {
        var (method, lab) = (Create(), ColourImages.RandomLab(1, 2));
        var batch = ColourImages.Batch(lab);

        var output = method.Step(batch, TestRuns.Step());

        var backbone = (SplitBackbone)method.Backbone;
        var cells = lab[.., .., TensorIndex.Slice(step: 4), TensorIndex.Slice(step: 4)];                          // [4, 3, 4, 4]
        var colours = (cells.narrow(1, 1, 2).unsqueeze(1) - ColourBins.Centres().view(1, -1, 2, 1, 1)).square().sum([2]).argmin(1);
        var lightness = (cells.select(1, 0) / 10).floor().to(int64);                                              // 10 bins of [0, 100]
        var ofColours = F.cross_entropy(Decode(method, "colourDecoder", backbone.Lightness.Maps(batch.Views[0])[^1]), colours);
        var ofLightness = F.cross_entropy(Decode(method, "lightnessDecoder", backbone.Colours.Maps(batch.Views[0])[^1]), lightness);
        Assert.Equal((ofColours + ofLightness).item<float>(), output.Loss.item<float>(), tolerance: 2e-3);
    }

    [Fact]
    public void Step_SoftTargets_IsTheCrossEntropyWithTheSharesOfTheNearestColours()
    {
        var (method, lab) = (Create(ColourTargets.Soft), ColourImages.RandomLab(1, 2));
        var batch = ColourImages.Batch(lab);

        var output = method.Step(batch, TestRuns.Step());

        var (backbone, centres) = ((SplitBackbone)method.Backbone, ColourBins.Centres());
        var logs = Decode(method, "colourDecoder", backbone.Lightness.Maps(batch.Views[0])[^1]).log_softmax(1);   // [4, 313, 4, 4]
        var expected = 0.0;
        for (var place = 0; place < 4 * 16; place++)
        {
            var (image, y, x) = (place / 16, place / 4 % 4, place % 4);
            var distances = Tensors.Values((centres - lab[image, 1.., y * 4, x * 4]).square().sum([1]));          // [313]
            int[] nearest = [.. Enumerable.Range(0, distances.Length).OrderBy(bin => distances[bin]).Take(3)];
            double[] shares = [.. nearest.Select(bin => Math.Exp(-distances[bin] / 72))];                         // 2 * 6²
            expected -= nearest.Zip(shares, (bin, share) => share / shares.Sum() * logs[image, bin, y, x].item<float>()).Sum() / (4 * 16);
        }

        var reported = output.Diagnostics.Single(diagnostic => diagnostic.Name == "colour_loss").Value.item<float>();
        Assert.Equal(expected, reported, tolerance: 2e-3 * expected);
    }

    [Fact]
    public void Backbone_EachHalf_SeesItsOwnChannelsAlone()
    {
        var backbone = (SplitBackbone)Create().Backbone;
        Tensor Images(ulong lightness, ulong colours) => ColourImages.Batch(ColourImages.RandomLab(lightness, colours)).Views[0];
        static float Difference(IBackbone half, Tensor a, Tensor b) => (half.call(a) - half.call(b)).abs().max().item<float>();

        Assert.InRange(Difference(backbone.Lightness, Images(1, 2), Images(1, 3)), 0, 1e-4);
        Assert.InRange(Difference(backbone.Colours, Images(1, 2), Images(4, 2)), 0, 1e-4);
        Assert.True(Difference(backbone.Lightness, Images(1, 2), Images(4, 2)) > 1e-3);
        Assert.True(Difference(backbone.Colours, Images(1, 2), Images(1, 3)) > 1e-3);
    }

    [Fact]
    public void Backbone_JoinsFeaturesAndMapsOfBothHalves()
    {
        var backbone = (SplitBackbone)Create().Backbone;
        var images = ColourImages.Batch(ColourImages.RandomLab(1, 2)).Views[0];

        Assert.Equal(12, backbone.FeatureDim);
        Assert.Equal([10, 12], backbone.Stages.Select(stage => stage.Channels));
        Tensors.AssertClose(cat([backbone.Lightness.call(images), backbone.Colours.call(images)], 1), backbone.call(images));
        Assert.Equal([[4L, 10, 8, 8], [4, 12, 4, 4]], backbone.Maps(images).Select(map => map.shape));
    }

    [Fact]
    public void Again_MakesTheSameStructure_ThatTakesTheWeights()
    {
        var backbone = (SplitBackbone)Create().Backbone;
        var images = ColourImages.Batch(ColourImages.RandomLab(1, 2)).Views[0];

        var copy = backbone.Again(channels => new MapBackbone(channels));
        ((Module)copy).load_state_dict(backbone.state_dict());

        Tensors.AssertClose(backbone.call(images), copy.call(images));
    }

    [Fact]
    public void Backward_ReachesBothHalvesByTheirOwnPrediction()
    {
        var method = Create();

        method.Step(ColourImages.Batch(ColourImages.RandomLab(1, 2)), TestRuns.Step()).Loss.backward();

        Assert.All(method.named_parameters(), p => Assert.True(p.parameter.grad is { } gradient && gradient.abs().max().item<float>() > 0, p.name));
    }

    [Fact]
    public void Pictures_ColoursComeFromLightnessAlone()
    {
        var method = Create();
        Tensor Colorized(ulong colours) => method.Pictures(ColourImages.Batch(ColourImages.RandomLab(1, colours)), TestRuns.Step())
            .Single(column => column.Title == "colorized").Images;

        Tensors.AssertClose(Colorized(2), Colorized(3), tolerance: 1e-3);
    }

    private static Tensor Decode(Module method, string name, Tensor map) =>
        ((MapDecoder)method.named_modules().Single(part => part.name == name).module).call(map);

    private static SplitBrain Create(ColourTargets targets = ColourTargets.Hard)
    {
        SplitBrainOptions options = new() { LightnessBins = 10, TargetStride = 4, DecoderDim = 8, Targets = targets, Neighbours = 3, Sigma = 6 };

        return new(channels => new MapBackbone(channels), options, ColourImages.Run);
    }
}
