using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SupervisedTests
{
    [Fact]
    public void Constructor_DataWithoutLabels_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => new Supervised(new PixelBackbone(), new(), TestRuns.Of(classes: 0)));

    [Theory]
    [InlineData(0, "has none")]
    [InlineData(1, "has one, 'class 0'")]
    [InlineData(2, null)]
    public void Faults_FewerThanTwoClasses_AreTold(int classes, string? expected)
    {
        var faults = new SupervisedOptions().Faults(TestRuns.Of(classes: classes)).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.Contains(expected!, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_AllLabels_ChoosesNoImagesAndKeepsNone()
    {
        var method = new Supervised(new PixelBackbone(), new(), TestRuns.Of());

        Assert.False(method.IsNeeded);
        Assert.DoesNotContain(method.state_dict().Keys, key => key.StartsWith("labelled", StringComparison.Ordinal));
    }

    [Fact]
    public void Step_OfAShare_ReadsTheLabelsOfItsImagesOnly()
    {
        // Two of 40 images for each of three classes: 0.15 * 40 / 3.
        var method = new Supervised(new NormBackbone(), new() { LabelFraction = 0.15 }, TestRuns.Of());
        var labels = arange(40, dtype: int64).remainder(3);
        method.BeforeEpoch(new(0, null!, NullLogger.Instance) { ReadLabels = () => labels });
        var chosen = Tensors.Integers(method.state_dict()["labelled.classes"]);
        long[] images = [.. chosen.Index().Where(pair => pair.Item >= 0).Select(pair => (long)pair.Index)];
        var other = Array.IndexOf(chosen, -1L);
        var batch = Networks.Batch(8) with { Indices = tensor(new[] { images[0], other, images[4], images[5] }), Labels = tensor(new long[] { 0, 0, 0, 0 }) };
        var networks = new Networks(method);

        var output = method.Step(batch, TestRuns.Step());

        Assert.True(method.IsNeeded);
        Assert.Equal([(0, 2), (1, 2), (2, 2)], images.Select(image => image % 3).CountBy(label => label).OrderBy(pair => pair.Key)
            .Select(pair => ((int)pair.Key, pair.Value)));
        Assert.Equal(images, method.Order(1).Distinct().Order());
        var h = networks.Run(batch.Views[0], "backbone");
        var logits = networks.Run(h, "classifier").to(float64);
        var (targets, right) = (zeros([4, 3], float64), 0);
        foreach (var (row, image) in new[] { (0, images[0]), (2, images[4]), (3, images[5]) })
        {
            targets[row, image % 3] = tensor(1.0);
            right += logits[row].argmax().item<long>() == image % 3 ? 1 : 0;
        }

        networks.AssertStep(new(Equations.CrossEntropy(targets, logits)) { Embedding = h, Reports = [("accuracy", tensor(right / 4.0))] }, output);
    }
}
