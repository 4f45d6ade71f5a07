using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class FCMAETests
{
    private const int Side = 32, Cell = 8, Cells = 16, Visible = 6;   // int(16 * 0.4)

    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = Side };

    [Fact]
    public void Step_IsThePapers_OnHiddenCellsAlone()
    {
        var (method, batch, context) = (Create(), Images(), TestRuns.Step());
        var hidden = Hidden(batch, context);                                       // [4, 16]
        var visible = hidden.eq(0).nonzero().select(1, 1).view(TestRuns.BatchSize, Visible);
        var backbone = (ConvNeXtV2)method.Backbone;
        var decoder = (MaskedMapDecoder)method.named_modules().Single(part => part.name == "decoder").module;

        var loss = method.Step(batch, context).Loss.item<float>();

        var prediction = decoder.call(backbone.EncodeVisible(batch.Views[0], visible), hidden);   // [4, 16, 192]
        var pixels = batch.Views[0].unfold(2, Cell, Cell).unfold(3, Cell, Cell).permute(0, 2, 3, 4, 5, 1).reshape(TestRuns.BatchSize, Cells, -1);
        var target = (pixels - pixels.mean([2], keepdim: true)) / (pixels.var(2, keepdim: true) + 1e-6).sqrt();
        var expected = ((prediction - target).square().mean([2]) * hidden).sum() / (TestRuns.BatchSize * (Cells - Visible));
        Assert.Equal(expected.item<float>(), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Pictures_Reconstruction_HasTheErrorOfTheLoss()
    {
        var (method, batch, context) = (Create(), Images(), TestRuns.Step());

        var loss = method.Step(batch, context).Loss.item<float>();
        var columns = method.Pictures(batch, context).ToDictionary(column => column.Title, column => column.Images);

        var pixels = PatchPixels.Split(columns["original"], Cell);                                                  // [4, 16, 192]
        var errors = (PatchPixels.Split(columns["reconstruction"], Cell) - pixels).square().mean([2]) / pixels.var(2);   // [4, 16], 0 where visible
        Assert.Equal(loss, errors.sum().item<float>() / (TestRuns.BatchSize * (Cells - Visible)), tolerance: 1e-4);
        var hidden = PatchPixels.Split(columns["masked"], Cell).eq(0).all(2).to(float32);
        Assert.Equal(Tensors.Values(Hidden(batch, context)), Tensors.Values(hidden));
    }

    [Fact]
    public void Step_EncoderSeesVisiblePixelsAlone()
    {
        var (method, batch, context) = (Create(), Images(), TestRuns.Step());
        var seen = new List<float>();
        ((Module<Tensor, Tensor>)method.named_modules().Single(part => part.name == "backbone.downsample_layers.0").module)
            .register_forward_pre_hook((_, input) =>
            {
                Assert.Equal([TestRuns.BatchSize * Visible, 3, Cell, Cell], input.shape);
                seen.AddRange(Tensors.Values(input.flatten().sort().Values));

                return input;
            });

        method.Step(batch, context);

        var hidden = Hidden(batch, context).view(-1, 1, 4, 4).repeat_interleave(Cell, 2).repeat_interleave(Cell, 3).expand(-1, 3, -1, -1);
        Assert.Equal(Tensors.Values(batch.Views[0].masked_select(hidden.eq(0)).sort().Values), seen);
    }

    [Fact]
    public void Step_Masks_DependOnImageAndEpochAlone()
    {
        var (method, batch) = (Create(), Images());
        var half = new Batch([batch.Views[0].narrow(0, 2, 2)], batch.Indices.narrow(0, 2, 2), null);
        double Loss(Batch images, int epoch, ulong seed) => method.Step(images, TestRuns.Step(epoch, seed)).Loss.item<float>();

        Assert.Equal(Loss(batch, 0, seed: 1), Loss(batch, 0, seed: 2));   // whatever else the step draws: the same on every process and after a resume
        Assert.NotEqual(Loss(batch, 0, seed: 1), Loss(batch, 1, seed: 1));
        var first = new Batch([batch.Views[0].narrow(0, 0, 2)], batch.Indices.narrow(0, 0, 2), null);
        Assert.Equal(Loss(batch, 0, 1), (Loss(first, 0, 1) + Loss(half, 0, 1)) / 2, tolerance: 1e-5);
    }

    [Fact]
    public void Parameters_OfTheFinalNormalisation_AreNotTrained()
    {
        var frozen = Create().named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name);

        Assert.Equal(["backbone.norm.bias", "backbone.norm.weight"], frozen.Order());
    }

    [Fact]
    public void ParameterRules_ResponseNormalisation_DoesNotDecay()
    {
        var rule = Assert.Single(Create().ParameterRules);

        Assert.Equal(0, rule.WeightDecayScale);
        Assert.All(Create().named_parameters(), p =>
            Assert.Equal(p.name.Contains(".grn.", StringComparison.Ordinal), rule.Matches(new(p.name, p.parameter.dim()))));
    }

    [Theory]
    [InlineData(28, 0.6, "data.imageSize is 28, but cells of 8 x 8 pixels are hidden (backbone.patchSize)")]
    [InlineData(16, 0.8, "method.maskRatio is 0.8, which hides all 4 cells of 8 x 8 pixels; images have 16 (data.imageSize)")]
    public void Faults_ImagesThatCannotBeMasked_SayWhy(int side, double ratio, string start)
    {
        var method = Create(new() { MaskRatio = ratio, DecoderDim = 8 });

        Assert.StartsWith(start, Assert.Single(method.Faults(_run with { ImageSize = side })), StringComparison.Ordinal);
        Assert.Empty(method.Faults(_run));
    }

    private static FCMAE Create(FCMAEOptions? options = null) =>
        new(() => new ConvNeXtV2(new() { Size = ConvNeXtV2Size.Atto, Width = 8, PatchSize = 1 }, _run), options ?? new() { DecoderDim = 16 }, _run);

    private static Batch Images() => new([Tensors.Normal(3, TestRuns.BatchSize, 3, Side, Side)], tensor(new long[] { 7, 3, 30, 12 }), null);

    private static Tensor Hidden(Batch batch, StepContext context) =>
        RandomMasking.Of(SampleNoise.Uniform(new SampleRandom(_run).Of(batch, context), Cells), 0.6).Hidden;
}
