using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>ReSSL against equations (2) to (4) of Zheng et al. 2021: the first view is the teacher's, the pair itself is in no softmax.</summary>
public sealed class ReSSLStepTests
{
    private const double StudentT = 0.25, TeacherT = 0.15;

    [Theory]
    [InlineData(8, 8)]
    [InlineData(8, 8, 6, 6)]
    public void ReSSL_Step_IsThePapers(params int[] sides)
    {
        ReSSLOptions options = new() { StudentTemperature = StudentT, TeacherTemperature = TeacherT, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10 };
        var method = new ReSSL(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(sides));

        var output = method.Step(batch, TestRuns.Step());

        var k = networks.Constant(batch.Views[0], "momentumEncoder.backbone", "momentumEncoder.projector");
        Tensor[] students = [networks.Run(batch.Views[1], "backbone", "projector")];
        if (sides.Length > 2)
        {
            students = [.. students, .. networks.RunOnAll([batch.Views[2], batch.Views[3]], "backbone", "projector")];
        }

        var queue = networks.State("queue.queue");
        var targets = Softmax(Cosines(k, queue) / TeacherT);
        networks.AssertStep(
            new(stack([.. students.Select(q => CrossEntropy(targets, Cosines(q, queue) / StudentT))]).mean())
            {
                Embedding = students[0],
                Positive = Unit(k),
                Targets = targets,
                Reports = [("target_confidence", Confidence(targets, 12))],
                Remembered = [("queue", Unit(k), null)],
                Constants = ["momentumEncoder"],
            },
            output);
    }
}
