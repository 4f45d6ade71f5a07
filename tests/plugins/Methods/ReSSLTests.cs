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
        var (sharp, flat) = (SoftTargets.Confidence(output.Targets!, 16).mean().item<float>(), SoftTargets.Confidence(prediction, 16).mean().item<float>());
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
        Assert.Equal(ReSSLLoss.Compute(output.Embedding!, targets, queue, _small.StudentTemperature).item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_QueueTakesTheWeakView_AndTheStudentSeesTheStrongOne()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();
        var otherWeak = batch with { Views = [batch.Views[0] * -1, batch.Views[1]] };

        var (first, second) = (method.Step(batch, TestRuns.Step()), method.Step(otherWeak, TestRuns.Step()));

        Tensors.AssertClose(first.Embedding!, second.Embedding!);
        Assert.False(allclose(first.Remember[0].Rows, second.Remember[0].Rows));
        Tensors.AssertClose(ones([TestRuns.BatchSize]), first.Remember[0].Rows.square().sum(1));
    }

    [Fact]
    public void Step_Backward_ReachesTheStudentOnly()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Online.parameters()), parameter => Assert.NotNull(parameter.grad));
        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Target.parameters()), parameter => Assert.Null(parameter.grad));
        Assert.All(method.MomentumPairs, pair => Assert.Equal(MomentumUpdate.BeforeForward, pair.When));
    }

    [Fact]
    public void Step_SeveralStrongViews_IsTheMeanOverThem()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();
        var third = Tensors.Normal(13, TestRuns.BatchSize, 3, TestRuns.ImageSize, TestRuns.ImageSize);

        var both = method.Step(batch with { Views = [.. batch.Views, third] }, TestRuns.Step());

        var (one, other) = (method.Step(batch, TestRuns.Step()), method.Step(batch with { Views = [batch.Views[0], third] }, TestRuns.Step()));
        Assert.Equal((one.Loss.item<float>() + other.Loss.item<float>()) / 2, both.Loss.item<float>(), tolerance: 1e-5);
        Assert.Equal(TestRuns.BatchSize, both.Remember[0].Rows.shape[0]);
    }

    [Fact]
    public void Step_WithoutStrongView_SaysWhatIsMissing()
    {
        var batch = TestRuns.Batch();

        var fault = Assert.Throws<ConfigurationException>(() => Create(_small).Step(batch with { Views = [batch.Views[0]] }, TestRuns.Step()));

        Assert.Contains("strong", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_FiveStrong_ShrinkFromThePaper()
    {
        var method = new ReSSL(() => new PixelBackbone(), _small with { StrongViews = 5 }, TestRuns.Of() with { ImageSize = 224 });

        var sizes = method.Views.Views.Select(view => view.Steps[0].Options["size"]);

        Assert.Equal([224, 224, 192, 160, 128, 96], sizes.Cast<int>());
        Assert.DoesNotContain(method.Views.Views[0].Steps, step => step.Name == "color-jitter");
        Assert.All(method.Views.Views.Skip(1), view => Assert.Contains(view.Steps, step => step.Name == "color-jitter"));
    }

    [Fact]
    public void Options_TeacherFlatterThanStudent_AreRefused()
    {
        var options = _small with { TeacherTemperature = 0.2 };

        Assert.Single(options.Validate(new ValidationContext(options)));
    }

    private static ReSSL Create(ReSSLOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
