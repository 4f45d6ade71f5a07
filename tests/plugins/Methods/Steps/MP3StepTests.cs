using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>MP3 against section 3 of Zhai et al. 2022.</summary>
public sealed class MP3StepTests
{
    [Fact]
    public void Step_IsTheCrossEntropyOfEveryPatchWithItsPlace()
    {
        var method = new MP3(() => Create(ViTPositions.None), new() { MaskRatio = 0.7 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var backbone = (ViT)networks.Part("backbone");
        var context = Noise(batch, Patches).argsort(1).narrow(1, 0, 4);   // int(16 * 0.3) patches are attended to
        var tokens = backbone.Encode(backbone.EmbedPatches(batch.Views[0]), new() { HasPositions = false, Context = context });
        var logits = networks.Run(backbone.Normalise(Patch(tokens)), "head").to(float64).flatten(0, 1);   // [N L, L], without the class token
        var places = arange(Patches, dtype: int64).repeat(batch.Size);
        var right = F.one_hot(places, Patches).to(float64);
        networks.AssertStep(
            new(Equations.CrossEntropy(right, logits))
            {
                Reports = [("position_accuracy", logits.argmax(1).eq(places).to(float64).mean())],
                Constants = ["backbone.pos_embed"],
            },
            output);
    }

    [Fact]
    public void Step_SmoothedTarget_LeavesALittleToOtherPlaces()
    {
        var run = TestRuns.Of();
        var backbone = Create(ViTPositions.None);
        var (plain, smoothed) = (new MP3(() => backbone, new(), run), new MP3(() => backbone, new() { LabelSmoothing = 0.5 }, run));
        smoothed.load_state_dict(plain.state_dict());
        var batch = Networks.Batch(8);

        Assert.NotEqual(plain.Step(batch, TestRuns.Step()).Loss.item<float>(), smoothed.Step(batch, TestRuns.Step()).Loss.item<float>());
    }

    [Theory]
    [InlineData(ViTPositions.Learned)]
    [InlineData(ViTPositions.SinCos)]
    public void Faults_BackboneWithPositions_AreNamed(ViTPositions positions)
    {
        var method = new MP3(() => Create(positions), new(), TestRuns.Of());

        Assert.Contains("Set backbone.positions to none", Assert.Single(method.Faults(TestRuns.Of())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ViTRelativePositions.Shared)]
    [InlineData(ViTRelativePositions.PerBlock)]
    public void Faults_RelativePositions_AreNamed(ViTRelativePositions relative)
    {
        ViTOptions options = new() { Width = 24, Depth = 2, Heads = 2, PatchSize = 2, Positions = ViTPositions.None, RelativePositions = relative };
        var method = new MP3(() => new ViT(options, TestRuns.Of()), new(), TestRuns.Of());

        Assert.Contains("Set backbone.relativePositions to none", Assert.Single(method.Faults(TestRuns.Of())), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_ConvolutionalStem_IsNamedAlone_AndKeepsItsStatistics()
    {
        var run = TestRuns.Of() with { ImageSize = 64 };
        var method = new MP3(() => new ViTConv(new(), run), new(), run);
        var statistics = method.named_buffers().ToDictionary(buffer => buffer.name, buffer => buffer.buffer.clone());

        Assert.StartsWith("The backbone's embeddings of patches depend on their place", Assert.Single(method.Faults(run)), StringComparison.Ordinal);
        Assert.All(method.named_buffers(), buffer => Assert.True(buffer.buffer.eq(statistics[buffer.name]).all().item<bool>(), buffer.name));
        Assert.True(method.training);
    }

    [Theory]
    [InlineData(0.93, 0)]
    [InlineData(0.94, 1)]
    public void Faults_NoPatchToAttendTo_IsNamed(double ratio, int faults)
    {
        var method = new MP3(() => Create(ViTPositions.None), new() { MaskRatio = ratio }, TestRuns.Of());

        Assert.Equal(faults, method.Faults(TestRuns.Of()).Count(fault => fault.Contains("leaves none of 16 patches", StringComparison.Ordinal)));
    }
}
