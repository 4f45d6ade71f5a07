using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PseudoLabelHeadTests
{
    [Fact]
    public void OfGroups_EachRow_HasTheScoresOfItsClassifier()
    {
        var head = new PseudoLabelHead(4, classes: 3, Random(1), groups: 5);
        var (features, groups) = (Tensors.Normal(3, 6, 4), tensor(new long[] { 4, 0, 4, 2, 0, 1 }));   // none of group 3

        var scores = head.OfGroups(features, groups);

        var all = head.call(features).view(6, 5, 3);
        for (var i = 0; i < 6; i++)
        {
            Tensors.AssertClose(all[i][groups[i].item<long>()], scores[i]);
        }
    }

    [Fact]
    public void OfGroups_Backward_ReachesUsedClassifiersOnly()
    {
        var head = new PseudoLabelHead(4, classes: 3, Random(1), groups: 3);

        head.OfGroups(Tensors.Normal(3, 6, 4), tensor(new long[] { 2, 0, 0, 0, 2, 2 })).square().sum().backward();

        var gradients = head.named_parameters().Single(p => p.name == "weight").parameter.grad!.view(3, -1).abs().sum(1);
        Assert.True(gradients[0].item<float>() > 0 && gradients[2].item<float>() > 0);
        Assert.Equal(0, gradients[1].item<float>());
    }

    [Fact]
    public void Call_NegativeFeatures_AreRectified()
    {
        var head = new PseudoLabelHead(4, classes: 3, Random(1));

        Assert.All(Tensors.Values(head.call(full([2, 4], -3f))), score => Assert.Equal(0, score));
    }

    [Fact]
    public void Renew_GivesSmallWeightsOfTheKey_AndNoBias()
    {
        var (head, other) = (new PseudoLabelHead(500, classes: 20, Random(1)), new PseudoLabelHead(500, classes: 20, Random(2)));

        other.Renew(Random(1));

        var weight = head.state_dict()["weight"];
        Assert.Equal(Tensors.Values(weight), Tensors.Values(other.state_dict()["weight"]));
        Assert.Equal(0.01, weight.std().item<float>(), 3e-4);
        Assert.All(Tensors.Values(head.state_dict()["bias"]), value => Assert.Equal(0, value));
    }

    [Fact]
    public void LogProbabilities_AreThoseOfOneClassifier()
    {
        var head = new PseudoLabelHead(4, classes: 3, Random(1), groups: 2);
        var features = Tensors.Normal(3, 6, 4);

        Tensors.AssertClose(head.call(features).narrow(1, 3, 3).log_softmax(1), head.LogProbabilities(features, 1));
    }

    private static CounterRandom Random(long seed) => new(seed, 0, 0, RandomPurpose.Clustering);
}
