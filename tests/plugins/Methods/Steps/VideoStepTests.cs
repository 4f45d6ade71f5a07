using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Methods for clips of videos.</summary>
public sealed class VideoStepTests
{
    private const double T = 0.25, TeacherT = 0.15, C = 0.3;

    private static readonly string[] _online = ["backbone", "projector"], _student = ["backbone", "projector", "predictor"];
    private static readonly string[] _teacher = ["momentumEncoder.backbone", "momentumEncoder.projector"];

    [Fact]
    public void CVRL_Step_IsThePapers()
    {
        var method = new CVRL(new ClipBackbone(), new() { Temperature = T, HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        var (za, zb) = (networks.Run(batch.Views[0], _online), networks.Run(batch.Views[1], _online));
        networks.AssertStep(new(2 * NTXent(za, zb, T)) { Embedding = za, Positive = zb }, output);   // the means of both views are added
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MaCLR_Step_IsThePapers(bool motionContrast)
    {
        const double CrossWeight = 0.7;
        var method = new MaCLR(
            () => new ClipBackbone(),
            new()
            {
                Temperature = T, CrossWeight = CrossWeight, MotionContrast = motionContrast, Motion = MotionInput.FrameDifference, QueueSize = 8,
                HiddenDim = 10, ProjectionDim = 6,
            },
            TestRuns.Of());
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        Tensor[] motion = [.. batch.Views.Select(Changes)];
        var (q, motionQ) = (networks.Run(batch.Views[0], _online), networks.Run(motion[0], "motionBackbone", "motionProjector"));
        var k = networks.Constant(batch.Views[1], _teacher);
        var motionK = networks.Constant(motion[1], "motionMomentumEncoder.backbone", "motionMomentumEncoder.projector");
        var (queue, motionQueue) = (networks.State("queue.queue"), networks.State("motionQueue.queue"));
        var (visual, toMotion, toVisual) = (Contrast(q, k, queue), Contrast(q, motionK, motionQueue), Contrast(motionQ, k, queue));
        var loss = visual + (CrossWeight * (toMotion + toVisual));
        networks.AssertStep(
            new(motionContrast ? loss + Contrast(motionQ, motionK, motionQueue) : loss)
            {
                Embedding = q,
                Positive = Unit(k),
                Reports = [("visual_loss", visual), ("visual_to_motion_loss", toMotion), ("motion_to_visual_loss", toVisual)],
                Remembered = [("queue", Unit(k), null), ("motionQueue", Unit(motionK), null)],
                Constants = ["momentumEncoder", "motionMomentumEncoder"],
            },
            output);

        static Tensor Contrast(Tensor q, Tensor k, Tensor queue) => InfoNCE(PairCosines(q, k) / T, Cosines(q, queue) / T);
    }

    [Fact]
    public void SCEVideo_Step_IsThePapers()
    {
        var method = SCE(temporalDifference: 0);
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        var queue = networks.State("queue.queue");
        var (qa, qb) = (networks.Run(batch.Views[0], _student), networks.Run(batch.Views[1], _student));
        var (ka, kb) = (networks.Constant(batch.Views[0], _teacher), networks.Constant(batch.Views[1], _teacher));
        var similar = Softmax(Cosines(ka, queue) / TeacherT);
        networks.AssertStep(
            new((Direction(qb, ka, queue) + Direction(qa, kb, queue)) / 2)
            {
                Embedding = qa,
                Positive = Unit(kb),
                Targets = similar,
                Reports = [("target_confidence", Confidence(similar, similar.shape[1]))],
                Remembered = [("queue", Unit(ka), null), ("queue", Unit(kb), null)],
                Constants = ["momentumEncoder"],
            },
            output);
    }

    [Fact]
    public void SCEVideo_AllClipsAsDifferences_TakesThoseOfNeighbouringFrames()
    {
        var (plain, differing) = (SCE(temporalDifference: 0), SCE(temporalDifference: 1));
        differing.load_state_dict(plain.state_dict());
        var batch = Clips();

        var loss = differing.Step(batch, TestRuns.Step()).Loss;

        var expected = plain.Step(batch with { Views = [.. batch.Views.Select(Differences)] }, TestRuns.Step()).Loss;
        Assert.Equal(expected.item<float>(), loss.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(0, new[] { 0, 1, 2, 3 })]
    [InlineData(1, new[] { 0 })]
    [InlineData(3, new[] { 0, 1, 3 })]
    public void IBoot_Step_PredictsTheMeanOverFrames(int targetFrames, int[] frames)
    {
        float[] mean = [0.5f, 0.4f, 0.3f], std = [0.2f, 0.3f, 0.4f];
        var method = new IBoot(
            new ClipBackbone(), () => new NormBackbone(),
            new() { TargetFrames = targetFrames, ImageMean = [0.5, 0.4, 0.3], ImageStd = [0.2, 0.3, 0.4] }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Clips());

        var output = method.Step(batch, TestRuns.Step());

        var p = networks.Run(batch.Views[0], "backbone", "head");
        var rgb = batch.Views[1].clamp(0, 1);   // the test's data have mean 0 and deviation 1
        var images = (rgb - tensor(mean).view(1, 3, 1, 1, 1)) / tensor(std).view(1, 3, 1, 1, 1);
        var target = Unit(stack([.. frames.Select(frame => networks.Constant(images[.., .., frame], "imageModel.network"))], 0).mean([0]));   // [N, D]
        networks.AssertStep(new((2 - (2 * PairCosines(p, target))).mean()) { Embedding = p, Positive = target, Constants = ["imageModel"] }, output);
        Assert.All(
            networks.Part("imageModel.network").named_buffers().Where(named => named.name.EndsWith("num_batches_tracked", StringComparison.Ordinal)),
            named => Assert.Equal(0, named.buffer.item<long>()));
    }

    private static SCEVideo SCE(double temporalDifference) => new(
        () => new ClipBackbone(),
        new()
        {
            Temperature = T, TargetTemperature = TeacherT, Coefficient = C, TemporalDifference = temporalDifference, QueueSize = 16, HiddenDim = 10,
            ProjectionDim = 6, PredictorDim = 8,
        },
        TestRuns.Of());

    /// <summary>Positives keep a logit of 0 in the teacher's softmax.</summary>
    private static Tensor Direction(Tensor q, Tensor k, Tensor queue)
    {
        var all = cat([ones([4, 1], dtype: float64), (Cosines(k, queue) / TeacherT).exp()], 1);           // [N, 1 + K]
        var targets = (C * eye(1, 17, dtype: float64)) + ((1 - C) * all / all.sum(1, keepdim: true));     // [N, 1 + K]

        return CrossEntropy(targets, cat([PairCosines(q, k).unsqueeze(1), Cosines(q, queue)], 1) / T);
    }

    /// <summary>Grey values of a frame minus those of the next, around a half; the last frame repeats the last difference.</summary>
    private static Tensor Differences(Tensor clips)
    {
        var rgb = clips.clamp(0, 1);   // the test's data have mean 0 and deviation 1
        var grey = (0.2989 * rgb[.., 0]) + (0.587 * rgb[.., 1]) + (0.114 * rgb[.., 2]);                   // [N, T, H, W]
        var frames = Enumerable.Range(0, 4).Select(t => (grey[.., Math.Min(t, 2)] - grey[.., Math.Min(t, 2) + 1] + 1) / 2);

        return stack([.. frames], 1).unsqueeze(1).repeat(1, 3, 1, 1, 1);                                  // [N, 3, T, H, W]
    }

    /// <summary>The mean change of the channels to the next frame; the last frame repeats the last change.</summary>
    private static Tensor Changes(Tensor clips)
    {
        var rgb = clips.clamp(0, 1);
        var frames = Enumerable.Range(0, 4).Select(t => (rgb[.., .., Math.Min(t, 2) + 1] - rgb[.., .., Math.Min(t, 2)]).abs().mean([1]));   // [N, H, W] each

        return stack([.. frames], 1).unsqueeze(1).repeat(1, 3, 1, 1, 1);                                  // [N, 3, T, H, W]
    }

    private static Batch Clips() => Networks.Batch(6, 6) with
    {
        Views = [Tensors.Normal(41, TestRuns.BatchSize, 3, 4, 6, 6), Tensors.Normal(42, TestRuns.BatchSize, 3, 4, 6, 6)],
    };
}
