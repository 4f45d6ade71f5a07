using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>ASCL against Feng and Patras 2022 and their code: the first view is the teacher's, weak; soft positives weigh min(1, n c p).</summary>
public sealed class ASCLStepTests
{
    private const double T = 0.25, TeacherT = 0.15;
    private const int Neighbours = 2;

    [Theory]
    [InlineData(ASCLWeighting.Adaptive)]
    [InlineData(ASCLWeighting.NearestByConfidence)]
    [InlineData(ASCLWeighting.Nearest)]
    public void ASCL_Step_IsThePapers(ASCLWeighting weighting)
    {
        ASCLOptions options = new()
        {
            Temperature = T, TargetTemperature = TeacherT, Neighbours = Neighbours, Weighting = weighting, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10,
        };
        var method = new ASCL(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var k = networks.Constant(batch.Views[0], "momentumEncoder.backbone", "momentumEncoder.projector");
        var q = networks.Run(batch.Views[1], "backbone", "projector");
        var queue = networks.State("queue.queue");
        var p = Softmax(Cosines(k, queue) / TeacherT);                                               // [N, K]
        var labels = Normalised(cat([ones([4, 1], dtype: float64), Weights(p, 12, weighting)], 1));   // [N, 1 + K]
        var (positives, negatives) = (PairCosines(q, k) / T, Cosines(q, queue) / T);
        networks.AssertStep(
            new(CrossEntropy(labels, cat([positives.unsqueeze(1), negatives], 1)))
            {
                Embedding = q,
                Positive = Unit(k),
                Targets = p,
                Reports = [("target_confidence", Confidence(p, 12)), ("proxy_accuracy", Wins(positives, negatives))],
                Remembered = [("queue", Unit(k), null)],
                Constants = ["momentumEncoder"],
            },
            output);
    }

    [Theory]
    [InlineData(ASCLWeighting.Adaptive)]
    [InlineData(ASCLWeighting.NearestByConfidence)]
    [InlineData(ASCLWeighting.Nearest)]
    public void ASCLBYOL_Step_HasSoftPositivesInTheBatch(ASCLWeighting weighting)
    {
        ASCLBYOLOptions options = new()
        {
            TargetTemperature = TeacherT, Neighbours = Neighbours, Weighting = weighting, ProjectionDim = 6, HiddenDim = 10,
        };
        var method = new ASCLBYOL(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var z = networks.Constant(batch.Views[0], "momentumEncoder.backbone", "momentumEncoder.projector");
        var prediction = networks.Run(batch.Views[1], "backbone", "projector", "predictor");
        var self = eye(4, dtype: @bool);
        var p = Softmax((Cosines(z, z) / TeacherT).masked_fill(self, double.NegativeInfinity));   // [N, N]
        var labels = Normalised(Weights(p, 3, weighting).masked_fill(self, 1));
        networks.AssertStep(
            new((2 - (2 * (labels * Cosines(prediction, z)).sum(1))).mean())
            {
                Embedding = prediction, Positive = Unit(z), Targets = p, Reports = [("target_confidence", Confidence(p, 3))], Constants = ["momentumEncoder"],
            },
            output);
    }

    private static Tensor Normalised(Tensor weights) => weights / weights.sum(1, keepdim: true);

    private static Tensor Weights(Tensor p, int candidates, ASCLWeighting weighting)
    {
        var confidence = stack([.. p.unbind(0).Select(row => Confidence(row.unsqueeze(0), candidates))]).unsqueeze(1);   // [N, 1]
        var isNear = (p >= p.topk(Neighbours, 1).values.narrow(1, Neighbours - 1, 1)).to(float64);

        return weighting switch
        {
            ASCLWeighting.Adaptive => (Neighbours * confidence * p).clamp_max(1),
            ASCLWeighting.NearestByConfidence => isNear * confidence,
            _ => isNear,
        };
    }
}
