using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>DINO against algorithm 1 of Caron et al. 2021 and its code.</summary>
public sealed class DINOStepTests
{
    private const double StudentT = 0.35;

    [Theory]
    [InlineData(0, 0.15, false, true)]
    [InlineData(1, 0.18, true, false)]    // by hand: halfway between 0.15 and 0.21 in the second of three epochs
    [InlineData(2, 0.21, false, false)]
    [InlineData(9, 0.21, true, true)]
    public void DINO_Step_IsThePapers(int epoch, double teacherT, bool batchNorm, bool normLastLayer)
    {
        DINOOptions options = new()
        {
            Outputs = 5, HiddenDim = 10, BottleneckDim = 6, HeadBatchNorm = batchNorm, NormLastLayer = normLastLayer, StudentTemperature = StudentT,
            WarmupTeacherTemperature = 0.15, TeacherTemperature = 0.21, WarmupTeacherTemperatureEpochs = 3, CentreMomentum = 0.7,
        };
        var method = new DINO(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 6, 6));
        var before = Tensors.Normal(5, 1, 5);
        networks.Set("centre.center", before);

        var output = method.Step(batch, TestRuns.Step(epoch));

        // [2 N, K]
        var teacher = networks.Constant(cat([batch.Views[0], batch.Views[1]], 0), "momentumEncoder.backbone", "momentumEncoder.projector").to(float64);
        var targets = Softmax((teacher - before) / teacherT).chunk(2, 0);
        Tensor[] h = [.. networks.RunOnAll([batch.Views[0], batch.Views[1]], "backbone"), .. networks.RunOnAll([batch.Views[2], batch.Views[3]], "backbone")];
        var bottleneck = Unit(networks.Run(cat(h, 0), "head.mlp"));
        var student = networks.Run(bottleneck.to(float32), "head.last_layer").to(float64).chunk(4, 0);
        List<Tensor> losses = [];
        for (var t = 0; t < 2; t++)
        {
            losses.AddRange(student.Where((_, v) => v != t).Select(s => CrossEntropy(targets[t], s / StudentT)));   // pairs of different crops
        }

        networks.AssertStep(
            new(stack([.. losses]).mean())
            {
                Embedding = bottleneck.chunk(4, 0)[0],
                Positive = bottleneck.chunk(4, 0)[1],
                Targets = targets[0],
                Remembered = [("centre", teacher.mean([0], keepdim: true), null)],   // of both views
                Constants = ["momentumEncoder"],
            },
            output);
        output.Remember[0].Memory.Remember(output.Remember[0].Rows, null);
        Tensors.AssertClose(((0.7 * before) + (0.3 * teacher.mean([0], keepdim: true))).to(float32), networks.State("centre.center"));
    }
}
