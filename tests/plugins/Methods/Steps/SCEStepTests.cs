using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>SCE against equations (4) to (6) of Denize et al. 2023 and its code.</summary>
/// <remarks>target = c one-hot + (1 - c) similarities, over every pair of a teacher's and another student's view.</remarks>
public sealed class SCEStepTests
{
    private const double T = 0.25, TeacherT = 0.15, C = 0.3;

    private static readonly string[] _teacher = ["momentumEncoder.backbone", "momentumEncoder.projector"];

    [Theory]
    [InlineData(true, SCEPositive.ZeroLogit, false, 12)]
    [InlineData(true, SCEPositive.Excluded, false, 0)]
    [InlineData(false, SCEPositive.ZeroLogit, false, 0)]
    [InlineData(false, SCEPositive.Excluded, true, 12)]
    [InlineData(true, SCEPositive.ZeroLogit, true, 0)]
    public void SCE_Step_IsThePapers(bool symmetric, SCEPositive positive, bool batchKeys, int predictorDim)
    {
        SCEOptions options = new()
        {
            Temperature = T, TargetTemperature = TeacherT, Coefficient = C, PositiveInTarget = positive, BatchKeys = batchKeys,
            QueueSize = 16, Symmetric = symmetric, ProjectorLayers = 2, HiddenDim = 10, ProjectionDim = 6, OutputNorm = symmetric, PredictorDim = predictorDim,
        };
        var method = new SCE(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 6, 6));
        string[] student = predictorDim > 0 ? ["backbone", "projector", "predictor"] : ["backbone", "projector"];

        var output = method.Step(batch, TestRuns.Step());

        var queue = networks.State("queue.queue");
        Tensor[] keys = [.. batch.Views.Take(symmetric ? 2 : 1).Select(view => networks.Constant(view, _teacher))];
        Tensor[] large = symmetric ? networks.RunOnAll([batch.Views[0], batch.Views[1]], student) : [networks.Run(batch.Views[1], student)];
        Tensor[] small = networks.RunOnAll([batch.Views[2], batch.Views[3]], student);
        List<Tensor> losses = [];
        for (var teacher = 0; teacher < keys.Length; teacher++)
        {
            var others = symmetric ? large.Where((_, view) => view != teacher) : large;   // a student never sees the teacher's own view
            losses.AddRange(others.Concat(small).Select(q => Pair(q, keys[teacher], queue, positive, batchKeys)));
        }

        var similar = Similar(keys[0], queue, batchKeys);
        networks.AssertStep(
            new(stack([.. losses]).mean())
            {
                Embedding = large[0],
                Positive = Unit(symmetric ? keys[1] : keys[0]),
                Targets = similar,
                Reports = [("target_confidence", Confidence(similar, similar.shape[1]))],
                Remembered = [.. keys.Select(k => ("queue", Unit(k), (Tensor?)null))],
                Constants = ["momentumEncoder"],
            },
            output);
    }

    /// <summary>The teacher's similarities to the queue, with batch keys to the other keys and the queue.</summary>
    private static Tensor Similar(Tensor k, Tensor queue, bool batchKeys) => batchKeys
        ? Softmax(cat([Cosines(k, k).masked_fill(eye(4, dtype: @bool), double.NegativeInfinity), Cosines(k, queue)], 1) / TeacherT)
        : Softmax(Cosines(k, queue) / TeacherT);

    private static Tensor Pair(Tensor q, Tensor k, Tensor queue, SCEPositive positive, bool batchKeys)
    {
        if (batchKeys)
        {
            var batchTargets = (C * eye(4, 20, dtype: float64)) + ((1 - C) * Similar(k, queue, batchKeys));   // [N, N + K]

            return CrossEntropy(batchTargets, cat([Cosines(q, k), Cosines(q, queue)], 1) / T);
        }

        var similar = (Cosines(k, queue) / TeacherT).exp();                                                                // [N, K]
        var ownExp = positive == SCEPositive.ZeroLogit ? ones([4, 1], dtype: float64) : zeros([4, 1], dtype: float64);   // exp(0), or not there
        var all = cat([ownExp, similar], 1);
        var targets = (C * eye(1, 17, dtype: float64)) + ((1 - C) * all / all.sum(1, keepdim: true));                        // [N, 1 + K]

        return CrossEntropy(targets, cat([PairCosines(q, k).unsqueeze(1), Cosines(q, queue)], 1) / T);
    }
}
