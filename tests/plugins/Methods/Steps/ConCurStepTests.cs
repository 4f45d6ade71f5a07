using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Recipes;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>ConCur against our definition of it.</summary>
public sealed class ConCurStepTests
{
    private const double T = 0.25, Weight = 0.7;
    private const string Crop = "random-resized-crop 224 0.3 1 0.5 2 bilinear | horizontal-flip 0.5 | color-jitter 0.4 0.4 0.4 0.1 0.8 | grayscale 0.2";

    private static readonly VideoInfo _video = new(131, 5, new(1, 1));   // clips of 31 frames begin at 0 to 100

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 5, false)]
    [InlineData(5, 5, true)]
    [InlineData(6, 5, false)]
    public void Faults_Stages_AreTwoToTheEpochs(int stages, int epochs, bool fit)
    {
        using var method = new ConCur(new ClipBackbone(), new() { SpanStages = stages, HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());

        Assert.Equal(fit, !method.Faults(TestRuns.Of() with { Epochs = epochs }).Any());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void ConCur_Step_IsOurDefinition(int classes)
    {
        var options = new ConCurOptions { Temperature = T, DistanceWeight = Weight, DistanceClasses = classes, HiddenDim = 10, ProjectionDim = 6 };
        var method = new ConCur(new ClipBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        var (ha, hb) = (networks.Run(batch.Views[0], "backbone"), networks.Run(batch.Views[1], "backbone"));
        var (za, zb) = (networks.Run(ha, "projector"), networks.Run(hb, "projector"));
        var prediction = networks.Run(cat([ha, hb], 1), "distanceHead").to(float64);
        var distance = tensor(new[] { 10 / 30.0, 0, 1, 0 });   // of 30 frames; the last video is shorter than a clip
        var distanceLoss = classes == 0
            ? (prediction.select(1, 0) - distance).square().mean()
            : -Softmax(prediction).log().gather(1, tensor(new long[] { 1, 0, 2, 0 }).unsqueeze(1)).mean();
        networks.AssertStep(
            new(NTXent(za, zb, T) + (Weight * distanceLoss))
            {
                Embedding = za, Positive = zb, Reports = [("distance_loss", distanceLoss), ("temporal_distance", distance.mean())],
            },
            output);
    }

    [Theory]
    [InlineData(SpanGrowth.Linear, 0, new[] { 10, 55, 100 })]
    [InlineData(SpanGrowth.Cosine, 0, new[] { 10, 55, 100 })]
    [InlineData(SpanGrowth.Linear, 2, new[] { 10, 10, 100 })]
    [InlineData(SpanGrowth.Linear, 1, new[] { 10, 10, 10 })]
    public void ConCur_Clips_MoveApartOverTheEpochs(SpanGrowth growth, int stages, int[] most)
    {
        var options = new ConCurOptions { SpanGrowth = growth, SpanStages = stages, HiddenDim = 10, ProjectionDim = 6 };
        var clips = new ConCur(new ClipBackbone(), options, TestRuns.Of() with { Epochs = 21 }).Views.Clips!;

        foreach (var (epoch, farthest) in new[] { 0, 10, 20 }.Zip(most))
        {
            var pairs = Enumerable.Range(0, 2000).Select(sample => Draw(clips, epoch, sample)).ToList();

            var distances = pairs.Select(starts => Math.Abs(starts[0] - starts[1])).ToList();
            Assert.InRange(distances.Max(), 0.9 * farthest, farthest);
            Assert.InRange(pairs.Count(starts => starts[0] < starts[1]), 800, 1100);
            Assert.All(pairs, starts => Assert.All(starts, start => Assert.InRange(start, 0, 100)));
        }
    }

    [Fact]
    public void ConCur_Views_AreOfCVRLWithHalfTheColours()
    {
        var views = new ConCur(new ClipBackbone(), new() { HiddenDim = 8 }, TestRuns.Of() with { ImageSize = 224 }).Views;

        Assert.Equal(
            [$"1 x {Crop} | gaussian-blur 0.1 2 1 23 | normalize", $"1 x {Crop} | gaussian-blur 0.1 2 0.1 23 | solarize 0.5 0.2 | normalize"],
            ViewText.Of(views));
    }

    [Fact]
    public void Validate_OneClass_IsAFault()
    {
        var options = new ConCurOptions { DistanceClasses = 1 };

        var fault = Assert.Single(options.Validate(new ValidationContext(options)));

        Assert.StartsWith("method.distanceClasses is 1", fault.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(new ConCurOptions { DistanceClasses = 2 }.Validate(new ValidationContext(options)));
    }

    private static double[] Draw(ClipPlan clips, int epoch, int sample)
    {
        var random = new CounterRandom(1, epoch, sample, RandomPurpose.Clips);
        var starts = new double[2];
        clips.Sampler!.Draw(ref random, epoch, _video, [clips.Of(0), clips.Of(1)], starts);

        return starts;
    }

    private static Batch Clips() => Networks.Batch(6, 6) with
    {
        Views = [Tensors.Normal(41, TestRuns.BatchSize, 3, 4, 6, 6), Tensors.Normal(42, TestRuns.BatchSize, 3, 4, 6, 6)],
        Windows = tensor(new float[] { 2, 7, 37, 12, 7, 37, 5, 7, 37, 5, 7, 37, 30, 7, 37, 0, 7, 37, 0, 7, 5, 0, 7, 5 }).view(4, 2, 3),
    };
}
