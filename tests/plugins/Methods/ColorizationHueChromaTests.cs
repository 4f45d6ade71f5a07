using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ColorizationHueChromaTests
{
    private const int Places = 20, Border = 2;   // int(16 * 0.143)

    private static readonly ColorizationHueChromaOptions _small = new() { Bins = 8, Places = Places, HiddenDim = 12, HeadDecay = 0 };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_IsTheAuthorsLoss_AtRandomPlaces(int window)
    {
        var (method, batch) = (Create(_small with { HistogramWindow = window, Dropout = 0 }), Images());

        var loss = method.Step(batch, TestRuns.Step()).Loss.item<float>();

        var places = Drawn(batch);
        var h = Run(method, "hidden", places.Columns(method.Backbone.Maps(batch.Views[0]))).relu().flatten(0, 1);   // [N P, D]
        var (hueLogits, chromaLogits) = (Run(method, "hueHead", h), Run(method, "chromaHead", h));
        var (hue, chroma) = HueChroma.Of(new RgbViews(ColourImages.Run.Data).Of(batch.Views[0]));
        var (hueBins, chromaBins) = ((hue * 7.99992).floor().to(int64), (chroma * 7.99992).floor().to(int64));
        var expected = window == 1
            ? (5 * places.Values(chroma).flatten() * F.cross_entropy(hueLogits, places.Values(hueBins).flatten(), reduction: Reduction.None)).mean()
                + F.cross_entropy(chromaLogits, places.Values(chromaBins).flatten())
            : Divergence(hueLogits, places.Windows(hueBins, window)) + Divergence(chromaLogits, places.Windows(chromaBins, window));
        Assert.Equal(expected.item<float>(), loss, tolerance: 1e-3);
    }

    [Fact]
    public void Step_PlacesAndDroppedUnits_DependOnImageAndEpochAlone()
    {
        var (method, batch) = (Create(_small), Images());
        double Loss(Batch images, int epoch, ulong seed) => method.Step(images, TestRuns.Step(epoch, seed)).Loss.item<float>();
        Batch Half(long start) => new([batch.Views[0].narrow(0, start, 2)], batch.Indices.narrow(0, start, 2), null);

        Assert.Equal(Loss(batch, 0, seed: 1), Loss(batch, 0, seed: 2));
        Assert.NotEqual(Loss(batch, 0, seed: 1), Loss(batch, 1, seed: 1));
        Assert.Equal(Loss(batch, 0, 1), (Loss(Half(0), 0, 1) + Loss(Half(2), 0, 1)) / 2, tolerance: 1e-5);
    }

    [Fact]
    public void Step_GreyImages_AddNothing()
    {
        var method = Create(_small with { Dropout = 0 });

        Assert.Equal(0, method.Step(ColourImages.Of(full([4, 3, 16, 16], 0.4f)), TestRuns.Step()).Loss.item<float>());
    }

    [Fact]
    public void Step_HeadDecay_IsHalfTheSquaresOfItsWeights()
    {
        var (method, batch) = (Create(_small with { HeadDecay = 0.5 }), Images());
        var squares = new[] { "hidden", "hueHead", "chromaHead" }.Sum(layer => method.state_dict()[$"{layer}.weight"].square().sum().item<float>());

        var output = method.Step(batch, TestRuns.Step());

        var parts = output.Diagnostics.Where(d => d.Name.EndsWith("_loss", StringComparison.Ordinal)).Sum(d => d.Value.item<float>());
        Assert.Equal(parts + (0.25 * squares), output.Loss.item<float>(), tolerance: 1e-3);
    }

    [Fact]
    public void Backbone_SeesTheMeanOfRgbAlone()
    {
        var backbone = Create(_small).Backbone;
        var rgb = (Tensors.Normal(1, 4, 3, 16, 16).tanh() * 0.1) + 0.5;
        var turned = rgb.roll(1, 1);                                               // other colours, the same mean

        Tensors.AssertClose(backbone.call(ColourImages.Of(rgb).Views[0]), backbone.call(ColourImages.Of(turned).Views[0]), tolerance: 1e-4);
    }

    [Theory]
    [InlineData(4, 0.2, "method.histogramWindow is 4; expected an odd number")]
    [InlineData(7, 0.1, "method.border is 0.1, 1 of 16 pixels, but method.histogramWindow is 7 and needs 3")]
    public void Faults_WindowsThatDoNotFit_SayWhy(int window, double border, string start)
    {
        var faults = new ColorizationHueChromaOptions { HistogramWindow = window, Border = border }.Faults(ColourImages.Run);

        Assert.StartsWith(start, Assert.Single(faults), StringComparison.Ordinal);
        Assert.Empty(new ColorizationHueChromaOptions().Faults(ColourImages.Run));
    }

    private static Tensor Divergence(Tensor logits, Tensor windows)
    {
        var target = F.one_hot(windows.flatten(0, 1), 8).to(float32).mean([1]);                                    // [N P, bins]
        var raised = (target + 1e-5) / (target + 1e-5).sum([1], keepdim: true);

        return (target * (raised.log() - logits.log_softmax(1))).sum([1]).mean();
    }

    private static PixelPlaces Drawn(Batch batch) => PixelPlaces.Draw(
        new SampleRandom(ColourImages.Run).Of(batch, TestRuns.Step()), Places, ColourImages.Side, ColourImages.Side, Border);

    private static Tensor Run(Module method, string name, Tensor input) =>
        ((Linear)method.named_modules().Single(part => part.name == name).module).call(input);

    private static Batch Images() => ColourImages.Batch(ColourImages.RandomLab(1, 2));

    private static ColorizationHueChroma Create(ColorizationHueChromaOptions options) =>
        new(channels => new MapBackbone(channels), options, ColourImages.Run);
}
