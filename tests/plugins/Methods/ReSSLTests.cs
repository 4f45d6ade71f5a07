using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ReSSLTests
{
    private static readonly ReSSLOptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void Step_Targets_AreSharperThanThePrediction()
    {
        var method = Create(_small);
        foreach (var pair in method.MomentumPairs)
        {
            pair.Target.load_state_dict(pair.Online.state_dict());
        }

        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        // Teacher and student are the same and see the same: what is left is the temperature, whatever the weights.
        var prediction = SoftTargets.Logits(output.Embedding!, method.state_dict()["queue.queue"], _small.StudentTemperature).softmax(1);
        var (sharp, flat) = (PlainLosses.Confidence(output.Targets!, 16).mean().item<float>(), PlainLosses.Confidence(prediction, 16).mean().item<float>());
        Assert.True(sharp > flat, $"target {sharp}, prediction {flat}");
    }

    [Fact]
    public void Step_LeavesThePairOutOfBothSoftmaxes()
    {
        var method = Create(_small);

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        // exactly the queue's rows, none for the pair
        var queue = method.state_dict()["queue.queue"];
        var targets = SoftTargets.Similarities(output.Remember[0].Rows, queue, _small.TeacherTemperature);
        Assert.Equal([TestRuns.BatchSize, 16L], output.Targets!.shape);
        Tensors.AssertClose(targets, output.Targets);
        var loss = PlainLosses.CrossEntropy(targets, SoftTargets.Logits(output.Embedding!, queue, _small.StudentTemperature)).item<float>();
        Assert.Equal(loss, output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_WithoutStrongView_SaysWhatIsMissing()
    {
        var batch = TestRuns.Batch();

        var fault = Assert.Throws<ConfigurationException>(() => Create(_small).Step(batch with { Views = [batch.Views[0]] }, TestRuns.Step()));

        Assert.Contains("strong", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_TeacherFlatterThanStudent_AreRefused()
    {
        var options = _small with { TeacherTemperature = 0.2 };

        Assert.Single(options.Validate(new ValidationContext(options)));
    }

    private static ReSSL Create(ReSSLOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
