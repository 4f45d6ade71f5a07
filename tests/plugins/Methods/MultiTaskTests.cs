using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Parts.Motion;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MultiTaskTests
{
    private static readonly RunInfo _run = ColourImages.Run;

    private static readonly MultiTaskOptions _small = new() { UnitDim = 8, HiddenDim = 12, DecoderDim = 8, EmbeddingDim = 6, TargetStride = 4, Sparsity = 0.1 };

    [Fact]
    public void Step_Loss_IsTheWeightedSumOfTheTasksAndThePenalty()
    {
        var method = Create(_small with { RelativePositionWeight = 2, ColorizationWeight = 3, ExemplarWeight = 0.5 });

        var output = method.Step(Batch(), TestRuns.Step());

        var reports = output.Diagnostics.ToDictionary(report => report.Name, report => (double)report.Value.item<float>());
        Assert.Equal(
            (2 * reports["relative_position_loss"]) + (3 * reports["colorization_loss"]) + (0.5 * reports["exemplar_loss"]) + reports["lasso_penalty"],
            output.Loss.item<float>(), tolerance: 1e-4);
        Assert.Equal(0.1 * 3, reports["lasso_penalty"], tolerance: 1e-6);   // three rows that add up to one
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_EachTask_IsThatOfItsPaperOnItsOwnReading(bool harmonised)
    {
        var method = Create(_small with { Harmonised = harmonised });
        var (batch, context) = (Batch(), TestRuns.Step());

        var reports = method.Step(batch, context).Diagnostics.ToDictionary(report => report.Name, report => (double)report.Value.item<float>());

        var cutter = new TileCutter(_small, harmonised ? TilePixels.Normalised : TilePixels.ChromaDropped, 3, _run);
        var z = Read(method, cutter.Cut(batch, context).flatten(0, 1), 0).mean([2, 3]).view(4, 9, -1);
        var logits = Part<Module<Tensor, Tensor>>(method, "placeHead").call(TilePairs.Of(z));
        Assert.Equal(ClassPrediction.Loss(logits, TilePairs.Places(4, CPU)).item<float>(), reports["relative_position_loss"], tolerance: 1e-5);

        var rgb = new RgbViews(_run.Data).Of(batch.Views[0]);
        var seen = harmonised ? batch.Views[0] : Normalised(rgb.mean([1], keepdim: true).expand(-1, 3, -1, -1));
        var ab = ColourClasses.Every(Lab.FromRgb(rgb).narrow(1, 1, 2), 4);
        var colours = Part<MapDecoder>(method, "colourHead").Predict(Read(method, seen, 1), ab);
        var crossEntropy = -(ColourClasses.Soft(ab, ColourBins.Centres(), 10, 5) * colours.log_softmax(1)).sum([1]).mean();   // no image is grey
        Assert.Equal(crossEntropy.item<float>(), reports["colorization_loss"], tolerance: 1e-4);

        var e = Rows.Unit(Part<Module<Tensor, Tensor>>(method, "embedding").call(Read(method, cat([batch.Views[1], batch.Views[2]], 0), 2).mean([2, 3])));
        var (loss, solved) = ExemplarTripletLoss.SemiHard(e, batch.Indices.repeat(2), 0.5);
        Assert.Equal(loss.item<float>(), reports["exemplar_loss"], tolerance: 1e-5);
        Assert.Equal(solved.item<float>(), reports["solved_triplets"], tolerance: 1e-5);
    }

    [Fact]
    public void Step_OnVideos_LearnsWhatMovesInTheMiddleFrameToo()
    {
        var method = Create(_small with { MotionWeight = 2, TargetStride = 2 }, _videos);
        var batch = Clips();

        var output = method.Step(batch, TestRuns.Step());
        output.Loss.backward();

        var reports = output.Diagnostics.ToDictionary(report => report.Name, report => (double)report.Value.item<float>());
        Assert.Equal(
            reports["relative_position_loss"] + reports["colorization_loss"] + reports["exemplar_loss"] + reports["lasso_penalty"]
                + (2 * reports["motion_loss"]), output.Loss.item<float>(), tolerance: 1e-4);
        var target = MotionMask.Usual.Target(new MotionSaliency(4).OfClips(batch.Views[0], _videos.Data, side: 20));   // [2, 20, 20]
        Assert.Equal(2, target.eq(1).any(2).any(1).sum().item<long>());
        var logits = Part<MapDecoder>(method, "motionHead").Predict(Read(method, batch.Views[0].select(2, 1), 3), target).squeeze(1);
        Assert.Equal(MotionMaskLoss.Compute(logits, target, MotionMaskLoss.Counting(target).sum()).item<float>(), reports["motion_loss"], tolerance: 1e-4);
        Assert.All(method.named_parameters(), named => Assert.True(named.parameter.grad is { } g && g.abs().max().item<float>() > 0, named.name));
        Assert.Equal(0.1 * 4, reports["lasso_penalty"], tolerance: 1e-6);
    }

    [Fact]
    public void Views_OnVideos_AreClipsAroundOneFrame_OnImagesNone()
    {
        Assert.Null(Create(_small).Views.Clips);

        var clips = Create(_small, _videos).Views.Clips!;

        Assert.Equal((true, 3, 1, 1), (clips.ForImages, clips.Of(0).Frames, clips.Of(1).Frames, clips.Of(2).Frames));
        Assert.IsType<CentredClips>(clips.Sampler);
        Assert.StartsWith("clips.frames is 2, but motion is seen against", Assert.Single(
            Create(_small, _videos).Faults(_videos with { Clip = new(2) })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backbone_Harmonised_SeesLightnessAlone(bool harmonised)
    {
        var backbone = Create(_small with { Harmonised = harmonised }).Backbone;

        var difference = (Features(2) - Features(3)).abs().max().item<float>();

        Assert.Equal(harmonised, difference < 1e-4);

        Tensor Features(ulong colours) => backbone.call(ColourImages.Batch(ColourImages.RandomLab(1, colours)).Views[0]);
    }

    [Fact]
    public void ParameterRules_LassoWeights_DoNotDecay()
    {
        var method = Create(_small);

        var rule = Assert.Single(method.ParameterRules);

        Assert.Equal(0, rule.WeightDecayScale);
        Assert.Equal(["lasso.weights"],
            method.named_parameters().Where(named => rule.Matches(new(named.name, named.parameter.dim()))).Select(named => named.name));
    }

    [Fact]
    public void Faults_RunsThatDoNotFit_AreNamed()
    {
        Assert.Empty(_small.Faults(_run));
        Assert.StartsWith("method.name is multi-task, which learns from colours", Assert.Single(_small.Faults(TestRuns.Of(channels: 1))),
            StringComparison.Ordinal);
        Assert.StartsWith("trainer.batchSize is 1", Assert.Single(_small.Faults(_run with { BatchSize = 1 })), StringComparison.Ordinal);
        Assert.StartsWith("views has 2 views, but the method expects 3 or more", Assert.Single(_small.Faults(_run with { ViewCount = 2 })),
            StringComparison.Ordinal);
        Assert.Empty(_small.Faults(_run with { ViewCount = 3 }));
        Assert.Contains("without feature maps",
            Assert.Throws<ConfigurationException>(() => new MultiTask(_ => new PixelBackbone(), _small, _run)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(1024)]
    public void Faults_CellsTooWideForTheMotionOfVideos_SayHowWideTheyMayBe(int stride)
    {
        var options = _small with { TargetStride = stride };

        Assert.Equal($"method.targetStride is {stride}, but motion is predicted for 2 x 2 cells at least, and views have 40 pixels on each side. Lower it to "
            + "20 or less.", Assert.Single(options.Faults(_videos)));
        Assert.Empty((options with { TargetStride = 20 }).Faults(_videos));
        Assert.Empty(options.Faults(_videos with { HasVideos = false }));
    }

    [Fact]
    public void Step_OnVideos_TakesTheWidestCellsThatAreAllowed()
    {
        var method = Create(_small with { TargetStride = 20 }, _videos);

        var output = method.Step(Clips(), TestRuns.Step());

        Assert.True(float.IsFinite(output.Loss.item<float>()));
    }

    private static readonly RunInfo _videos = _run with { HasVideos = true, ImageSize = MovingSquares.Side };

    private static MultiTask Create(MultiTaskOptions options, RunInfo? run = null) => new(channels => new MapBackbone(channels), options, run ?? _run);

    // Two videos: three frames for tiles, colours and motion, then the middle one twice.
    private static Batch Clips()
    {
        var grey = cat([MovingSquares.Of(1, (3, 0), (0, 0)), MovingSquares.Of(2, (0, -2), (1, 0))]);                   // [2, 3, 40, 40]
        var colours = stack([grey, grey * 0.9f, (grey * 0.8f) + 0.1f], 1);                                            // [2, 3, 3, 40, 40]
        var clips = stack([.. colours.unbind(1).Select((x, i) => (x - _videos.Data.Mean[i]) / _videos.Data.Std[i])], 1);
        var frames = clips.narrow(2, 1, 1);                                                                           // [2, 3, 1, 40, 40]

        return new([clips, frames + 0.1f, frames * 0.9f], tensor(new long[] { 4, 9 }), null);
    }

    private static Batch Batch()
    {
        var batch = ColourImages.Batch(ColourImages.RandomLab(1, 2));

        return batch with { Views = [batch.Views[0], View(3), View(5)] };

        static Tensor View(ulong seed) => ColourImages.Batch(ColourImages.RandomLab(seed, seed + 1)).Views[0];
    }

    private static Tensor Read(MultiTask method, Tensor images, int task) => Part<TaskLasso>(method, "lasso").Read(method.Backbone.Maps(images), task);

    private static T Part<T>(Module method, string name) => (T)(object)method.named_modules().Single(part => part.name == name).module;

    private static Tensor Normalised(Tensor rgb) => stack([.. rgb.unbind(1).Select((x, i) => (x - _run.Data.Mean[i]) / _run.Data.Std[i])], 1);
}
