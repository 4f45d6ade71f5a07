using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Training;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Evaluation;

[Collection(GeneratorCollection.Name)]
public sealed class FeatureExtractorTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Theory]
    [InlineData(0, 3)]    // all, the last batch with one image
    [InlineData(0, 16)]
    [InlineData(0, 100)]
    [InlineData(5, 2)]
    [InlineData(16, 4)]
    public void Features_OfASplit_AreThoseOfTheFrozenNetworkWithTheirLabels(int most, int batchSize)
    {
        var watch = new Watch();
        var method = new WatchedMethod(watch);
        using var session = _bench.Session(method, $"evaluation.batchSize={batchSize}");
        var state = method.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());

        var set = FeatureExtractor.Features(session.Experiment, session.Experiment.Data, most).Set;

        long[] indices = most is 0 or 16 ? [.. Enumerable.Range(0, 16).Select(i => (long)i)] : [.. EpochOrder.Shuffled(16, seed: 0, epoch: 0).Take(most)
            .Order()];
        // (x - mean) / deviation of the data set; the running statistics 0 and 1 change nothing, those of a batch would, and so would dropout.
        Assert.Equal(indices.Select(index => (double)((index / 16f) - 0.5f) / 0.25f), Column(set.Features), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(indices.Select(index => index % 2), set.Labels.data<long>());
        Assert.Equal((ScalarType.Float32, 2), (set.Features.dtype, set.Classes));
        Assert.Equal([indices.Length, 3L], set.Features.shape);
        Assert.False(set.Features.requires_grad);
        Assert.All(watch.Calls, call => Assert.Equal((false, false), call));
        Assert.Equal((indices.Length + batchSize - 1) / batchSize, watch.Calls.Count);
        Assert.All(method.state_dict(), t => Assert.True(t.Value.eq(state[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void Features_OfDataWithOtherConstants_AreNormalisedAsTheRunSays()
    {
        using var session = _bench.Session(new WatchedMethod(new()));
        var (run, other) = (session.Experiment.Run, new ChannelConstants([0.25, 0.25, 0.25], [0.5, 0.5, 0.5]));
        var experiment = session.Experiment with { Run = run with { Data = other.On(run.Data) } };

        var set = FeatureExtractor.Features(experiment, experiment.Data, 4).Set;   // the data still say 0.5 and 0.25

        var indices = EpochOrder.Shuffled(16, seed: 0, epoch: 0).Take(4).Order();
        Assert.Equal(indices.Select(index => (index / 16.0 - 0.25) / 0.5), Column(set.Features), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Features_Afterwards_TheNetworkIsInTheModeItWasIn(bool training)
    {
        var method = new WatchedMethod(new());
        using var session = _bench.Session(method);
        method.train(training);

        FeatureExtractor.Features(session.Experiment, session.Experiment.Data, 4);

        Assert.All(method.modules().Append(method), module => Assert.Equal(training, module.training));
    }

    [Fact]
    public void Features_NetworkFails_IsPutBackIntoTrainingAllTheSame()
    {
        var method = new WatchedMethod(new() { Fails = true });
        using var session = _bench.Session(method);
        method.train();

        Assert.Throws<InvalidOperationException>(() => FeatureExtractor.Features(session.Experiment, session.Experiment.Data, 4));

        Assert.True(method.training);
    }

    [Fact]
    public void Features_Bf16_ComputesAsTrainingDoes_AndGivesFloat32()
    {
        var watch = new Watch();
        using var session = _bench.Session(new WatchedMethod(watch), "trainer.precision=bf16");

        var set = FeatureExtractor.Features(session.Experiment, session.Experiment.Data, 0).Set;

        Assert.Equal(ScalarType.BFloat16, watch.ProductType);
        Assert.Equal(ScalarType.Float32, set.Features.dtype);
    }

    [Fact]
    public void Features_OtherSizes_AreResizedAndCroppedAsConfigured()
    {
        using var session = _bench.Session(new WatchedMethod(new()), "data.evaluationResize=8");
        using var ramps = new RampDataset();

        var set = FeatureExtractor.Features(session.Experiment, ramps, 0).Set;

        // Columns 0 to 9 of ten, at their own size; of the height 8 and the width 10 the middle 4 x 4: rows 2 to 5, columns 3 to 6.
        Assert.Equal([(4.5 - 0.5) / 0.25, (3.5 - 0.5) / 0.25], Column(set.Features), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(ImageFit.Crop, 3)]     // columns 3 to 6 of ten
    [InlineData(ImageFit.Squash, 1)]   // columns 0 to 3 by weights of 7, 9, 5 and 1 of 22
    public void Encoded_Fit_IsWhatIsSeen(ImageFit fit, double first)
    {
        using var session = _bench.Session(new WatchedMethod(new()));
        using var ramps = new RampDataset { Size = new(4, 10) };

        var encoded = FeatureExtractor.Encoded(
            Unnormalised(session.Experiment), ramps, most: 0, images => images.flatten(1).narrow(1, 0, 1), TestContext.Current.CancellationToken, fit);

        Assert.Equal([first, 0], Column(encoded.Set.Features), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void FrozenFeatures_TwoForms_TakeAPassEach_AndAFaultIsTheirs()
    {
        using var session = _bench.Session(new WatchedMethod(new()));
        var reads = 0;
        using var held = new FakeDataset(6) { OnRead = _ => Interlocked.Increment(ref reads) };
        FeatureLook cropped = new(FeatureTokens.Pooled, ImageFit.Crop), squashed = new(FeatureTokens.Pooled, ImageFit.Squash);

        var features = new FrozenFeatures(session.Experiment, held, [cropped, squashed], TestContext.Current.CancellationToken);
        var broken = new FrozenFeatures(session.Experiment, new FakeDataset(2, 0, 1), [squashed], TestContext.Current.CancellationToken);
        var none = new FrozenFeatures(session.Experiment, held, [], TestContext.Current.CancellationToken);

        Assert.Equal((12, false), (reads, features.HasFaults));
        Assert.Equal(6, features.Sets(squashed).Test.Features.shape[0]);
        Assert.Equal(16, features.Sets(cropped).Train.Features.shape[0]);
        Assert.True(broken.HasFaults);
        Assert.StartsWith("None of the 2 ", Assert.Throws<ConfigurationException>(() => broken.Sets(squashed)).Message, StringComparison.Ordinal);
        Assert.Null(none.First);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1)]
    public void Encoded_VideosWithDifferentNumbersOfClips_AreAveragedOverTheirOwn(int batchSize)
    {
        using var session = _bench.Session(new WatchedMethod(new()), $"evaluation.batchSize={batchSize}");
        var experiment = Unnormalised(session.Experiment) with { TestClips = new(new(4), Sampling: TestSampling.HalfOverlapping) };
        int[] frames = [5, 12, 20];

        var encoded = FeatureExtractor.Encoded(
            experiment, new FakeVideos(3) { FramesOf = index => frames[index] }, most: 0,
            clips => clips.select(1, 0).flatten(1).mean([1], keepdim: true), TestContext.Current.CancellationToken);

        // clips begin at 0, 1, ... frames - 4, and the mean of their frames is 1.5 later
        Assert.Equal(frames.Select(count => (((count - 4) / 2.0) + 1.5) / 256), Column(encoded.Set.Features), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void EncodeAll_SomethingBesideFeaturesOfSeveralClips_IsOfTheFirstClipAlone()
    {
        using var session = _bench.Session(new WatchedMethod(new()));
        var experiment = Unnormalised(session.Experiment) with { TestClips = new(new(4), Sampling: TestSampling.HalfOverlapping) };

        var encoded = new FeatureExtractor(experiment, new FakeVideos(2) { FramesOf = index => 5 + (7 * (int)index) }, beside: Mean)
            .EncodeAll(Mean, TestContext.Current.CancellationToken);

        // clips begin at 0, 1, ... frames - 4; the first has frames 0 to 3
        Assert.Equal([2.0 / 256, 5.5 / 256], Column(encoded.Set.Features.narrow(1, 0, 1)), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([1.5 / 256, 1.5 / 256], Column(encoded.Set.Features.narrow(1, 1, 1)), (a, b) => Math.Abs(a - b) < 1e-5);

        static Tensor Mean(Tensor clips) => clips.select(1, 0).flatten(1).mean([1], keepdim: true);
    }

    [Fact]
    public void Encoded_PartOfASplitWithAnUnreadableImage_SaysWhichImagesItHas()
    {
        using var session = _bench.Session(new WatchedMethod(new()), "evaluation.batchSize=3");
        long[] part = [.. EpochOrder.Shuffled(16, seed: 0, epoch: 0).Take(5).Order()];

        var encoded = FeatureExtractor.Encoded(
            session.Experiment, new FakeDataset(16, part[1]), most: 5, images => images.flatten(1), TestContext.Current.CancellationToken);

        Assert.Equal([part[0], .. part[2..]], encoded.Indices);
        Assert.Equal((5, 4L), (encoded.Images, encoded.Set.Features.shape[0]));
    }

    [Fact]
    public void Constructor_MoreClipsThanMemory_IsRefusedAtOnce()
    {
        using var session = _bench.Session(new WatchedMethod(new()));
        var experiment = session.Experiment with { TestClips = new(new(32), Clips: 100_000_000, Crops: 10) };

        var fault = Assert.Throws<ConfigurationException>(() => new FeatureExtractor(experiment, new FakeVideos(1)));

        Assert.StartsWith("An evaluation takes up to 100000000 clips of 10 crops, 3x32x4x4 each, of a video", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_OddMargins_AreRoundedAsTorchvisionDoes()
    {
        using var ramps = new RampDataset { Size = new(7, 9) };
        using var loader = new EvaluationLoader(ramps, side: 4, new LoaderSettings(2), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            resize: 7);

        var pixels = loader.Batches().First().Pixels(0);

        // int(round(1.5)) = 2 and int(round(2.5)) = 2, to the even one
        Assert.Equal([2, 3, 4, 5], pixels[..4].Select(value => (value * 0.25f) + 0.5f), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal([2, 3, 4, 5], Enumerable.Range(0, 4).Select(row => (pixels[48 + (4 * row)] * 0.25f) + 0.5f), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    private static Experiment Unnormalised(Experiment experiment) => experiment with
    {
        Run = experiment.Run with { Data = experiment.Run.Data with { Mean = [0, 0, 0], Std = [1, 1, 1] } },
    };

    private static IEnumerable<double> Column(Tensor features) => Enumerable.Range(0, (int)features.shape[0]).Select(i => (double)features[i, 0].item<float>());

    /// <summary>Two images: the pixels of the first are their column, those of the second their row.</summary>
    private sealed class RampDataset : IImageDataset
    {
        public ImageSize Size { get; init; } = new(8, 10);

        public DatasetInfo Info => new("ramps", DatasetSplit.Test, 2, ["columns", "rows"], 3, Size, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", "memory");

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
        {
            image.Resize(3, Size.Height, Size.Width);
            for (var i = 0; i < image.Pixels.Length; i++)
            {
                image.Pixels[i] = index == 0 ? i % Size.Width : i / Size.Width % Size.Height;
            }
        }

        public int Label(long index) => (int)index;

        public void Dispose()
        {
        }
    }

    private sealed class Watch
    {
        public List<(bool Training, bool Gradients)> Calls { get; } = [];

        public bool Fails { get; init; }

        public ScalarType ProductType { get; set; }
    }

    private sealed class WatchedMethod : Module, IMethod
    {
        private readonly WatchedBackbone backbone;

        public WatchedMethod(Watch watch)
            : base(nameof(WatchedMethod))
        {
            backbone = new(watch);
            RegisterComponents();
        }

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
    }

    private sealed class WatchedBackbone : Module<Tensor, Tensor>, IBackbone
    {
        private readonly BatchNorm2d norm = BatchNorm2d(3);
        private readonly Dropout dropout = Dropout(0.5);
        private readonly Watch _watch;

        public WatchedBackbone(Watch watch)
            : base(nameof(WatchedBackbone))
        {
            _watch = watch;
            RegisterComponents();
        }

        public int FeatureDim => 3;

        public override Tensor forward(Tensor input)
        {
            if (_watch.Fails)
            {
                throw new InvalidOperationException("fails");
            }

            _watch.Calls.Add((training || norm.training || dropout.training, torch.is_grad_enabled()));
            _watch.ProductType = input.flatten(1).matmul(torch.ones(48, 1)).dtype;

            return dropout.call(norm.call(input)).mean([2, 3]);   // [N, 3]
        }
    }
}
