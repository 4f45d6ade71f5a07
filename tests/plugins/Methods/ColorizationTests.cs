using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ColorizationTests
{
    private const int Cells = 4, Stride = 4;   // 16 pixels

    [Fact]
    public void Step_IsThePapersCrossEntropy_PixelByPixel()
    {
        var (method, lab) = (Create(), ColourImages.RandomLab(1, 2));
        lab[3, 1..] = zeros(2, ColourImages.Side, ColourImages.Side);              // a grey image
        var weights = Tensors.Normal(3, ColourBins.Count).abs();
        Set(method, "weights", weights);
        var batch = ColourImages.Batch(lab);

        var loss = method.Step(batch, TestRuns.Step()).Loss.item<float>();

        var map = method.Backbone.Maps(batch.Views[0])[^1];                         // [4, 6, 4, 4]
        var decoder = (MapDecoder)method.named_modules().Single(part => part.name == "decoder").module;
        var logs = decoder.call(map).log_softmax(1);                                // [4, 313, 4, 4]
        var (centres, expected) = (ColourBins.Centres(), 0.0);
        for (var (image, cell) = (0, 0); image < 3; (image, cell) = cell == (Cells * Cells) - 1 ? (image + 1, 0) : (image, cell + 1))
        {
            var (y, x) = (cell / Cells, cell % Cells);
            var squares = (centres - lab[image, 1.., y * Stride, x * Stride]).square().sum([1]);            // [313]
            var distances = Tensors.Values(squares);
            int[] nearest = [.. Enumerable.Range(0, distances.Length).OrderBy(bin => distances[bin]).Take(10)];
            double[] shares = [.. nearest.Select(bin => Math.Exp(-distances[bin] / 50))];                   // 2 * 5²
            expected -= weights[nearest[0]].item<float>()
                * nearest.Zip(shares, (bin, share) => share / shares.Sum() * logs[image, bin, y, x].item<float>()).Sum();
        }

        Assert.Equal(expected / (4 * Cells * Cells), loss, tolerance: 1e-3 * loss);
    }

    [Fact]
    public void BeforeEpoch_First_CountsColours_LaterOnesDoNot()
    {
        var method = Create();
        var red = ColourImages.Of(tensor(new[] { 0.8f, 0.2f, 0.2f }).view(1, 3, 1, 1).expand(4, 3, 16, 16)).Views[0];
        var mixed = ColourImages.Batch(ColourImages.RandomLab(4, 5)).Views[0];

        method.BeforeEpoch(Epoch(0, cat([red, red, red, mixed], 0)));

        var weights = method.state_dict()["weights"];
        var bin = ColourClasses.Hard(Lab.FromRgb(tensor(new[] { 0.8f, 0.2f, 0.2f }).view(1, 3, 1, 1)).narrow(1, 1, 2), ColourBins.Centres()).item<long>();
        Assert.Equal(weights[weights.gt(0)].min().item<float>(), weights[bin].item<float>());   // three quarters of all pixels are red
        Assert.InRange(weights[bin].item<float>(), 0.1, 0.9);
        Assert.True(weights.eq(0).any().item<bool>());                                          // nothing is as green as a = -90
        method.BeforeEpoch(new(1, null!, NullLogger.Instance));
    }

    [Fact]
    public void BeforeEpoch_EvenWeights_LooksAtNothing()
    {
        var method = Create(new() { EvenShare = 1, DecoderDim = 8 });

        method.BeforeEpoch(new(0, null!, NullLogger.Instance));

        Assert.Equal(ones(ColourBins.Count), method.state_dict()["weights"]);
    }

    [Fact]
    public void Step_CoarserColours_PredictsAsManyAndTrains()
    {
        var method = Create(new() { BinWidth = 20, DecoderDim = 8 });

        method.Step(ColourImages.Batch(ColourImages.RandomLab(1, 2)), TestRuns.Step()).Loss.backward();

        Assert.Equal([78L], method.state_dict()["weights"].shape);
        Assert.All(method.named_parameters(), p => Assert.True(p.parameter.grad is { } gradient && gradient.abs().max().item<float>() > 0, p.name));
    }

    [Fact]
    public void Backbone_SeesLightnessAlone()
    {
        var backbone = Create().Backbone;
        Tensor Features(ulong lightness, ulong colours) => backbone.call(ColourImages.Batch(ColourImages.RandomLab(lightness, colours)).Views[0]);

        Tensors.AssertClose(Features(1, 2), Features(1, 3), tolerance: 1e-4);
        Assert.True((Features(1, 2) - Features(4, 2)).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Pictures_GreyColumn_HasTheImagesLightnessAndNoColour()
    {
        var (method, lab) = (Create(), ColourImages.RandomLab(1, 2));

        var columns = method.Pictures(ColourImages.Batch(lab), TestRuns.Step()).ToDictionary(column => column.Title);

        Assert.Equal(["original", "grey", "colorized"], columns.Keys);
        var grey = Lab.FromRgb(columns["grey"].Images);
        Tensors.AssertClose(lab.narrow(1, 0, 1).contiguous(), grey.narrow(1, 0, 1).contiguous(), tolerance: 1e-3);
        Assert.InRange(grey.narrow(1, 1, 2).abs().max().item<float>(), 0, 0.05);
        Assert.True(Lab.FromRgb(columns["colorized"].Images).narrow(1, 1, 2).abs().max().item<float>() > 0.5);
    }

    [Fact]
    public void Create_BackboneWithoutMaps_SaysWhatToTake()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new Colorization(_ => new PixelBackbone(), new(), ColourImages.Run));

        Assert.Contains("without feature maps", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_ImagesWithoutColours_AreRefused()
    {
        Assert.Empty(new ColorizationOptions().Faults(ColourImages.Run));
        Assert.Empty(new ColorizationOptions { BinWidth = 20, Neighbours = 78 }.Faults(ColourImages.Run));
        Assert.StartsWith("method.neighbours is 79, but with method.binWidth 20 there are 78 colours.",
            Assert.Single(new ColorizationOptions { BinWidth = 20, Neighbours = 79 }.Faults(ColourImages.Run)), StringComparison.Ordinal);
        Assert.StartsWith("method.binWidth is 15; expected a multiple of 10",
            Assert.Single(new ColorizationOptions { BinWidth = 15 }.Faults(ColourImages.Run)), StringComparison.Ordinal);
        Assert.StartsWith("method.name is colorization, which learns from colours, but the images of test have 1 channel.",
            Assert.Single(new ColorizationOptions().Faults(TestRuns.Of(channels: 1))), StringComparison.Ordinal);
    }

    private static Colorization Create(ColorizationOptions? options = null) =>
        new(channels => new MapBackbone(channels), options ?? new() { DecoderDim = 8 }, ColourImages.Run);

    private static void Set(Module method, string name, Tensor values)
    {
        using var noGradients = no_grad();
        method.state_dict()[name].copy_(values);
    }

    private static EpochContext Epoch(int epoch, Tensor images) => new(epoch, new Images(images), NullLogger.Instance);

    private sealed class Images(Tensor images) : IFeatureExtractor
    {
        public Tensor Extract(Func<Tensor, Tensor> encode) => encode(images);
    }
}
