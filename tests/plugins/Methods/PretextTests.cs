using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>What pretext tasks refuse, and what they keep.</summary>
public sealed class PretextTests
{
    [Theory]
    [InlineData(2, 24, 24, null)]
    [InlineData(2, 25, 1, "method.permutations is 25, but 2 x 2 tiles have 24")]
    [InlineData(3, 25, 26, "method.permutationsPerImage is 26, but there are 25")]
    public void JigsawOptions_MoreThanThereAre_AreFaults(int cells, int permutations, int perImage, string? expected)
    {
        JigsawOptions options = new() { Cells = cells, Permutations = permutations, PermutationsPerImage = perImage };

        var faults = options.Faults(TestRuns.Of()).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith(expected!, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Jigsaw_Permutations_AreThoseOfTheSeedAndInTheCheckpoint()
    {
        var (first, again, other) = (Permutations(seed: 1), Permutations(seed: 1), Permutations(seed: 2));

        Assert.Equal([5, 4], first.shape);
        Assert.Equal(Tensors.Integers(first), Tensors.Integers(again));
        Assert.NotEqual(Tensors.Integers(first), Tensors.Integers(other));

        static Tensor Permutations(long seed) => new Jigsaw(
            new NormBackbone(), new() { Cells = 2, Permutations = 5, EmbeddingDim = 4 }, TestRuns.Of() with { Seed = seed }, NullLogger.Instance)
            .state_dict()["permutations"];
    }

    [Fact]
    public void RelativePosition_HeadRate_IsThatOfEverythingBehindTheBackbone()
    {
        RelativePosition method = new(new NormBackbone(), new() { HiddenDim = 8, HeadLearningRateScale = 5 }, TestRuns.Of());

        var rule = Assert.Single(method.ParameterRules);
        var scaled = method.named_parameters().Where(named => rule.Matches(new(named.name, named.parameter.dim()))).Select(named => named.name).ToList();

        Assert.Equal(5, rule.LearningRateScale);
        Assert.NotEmpty(scaled);
        Assert.Equal(method.named_parameters().Select(named => named.name).Where(name => !name.StartsWith("backbone", StringComparison.Ordinal)), scaled);
    }

    [Theory]
    [InlineData(8, null, null)]
    [InlineData(8, 1, "views has 1 view")]
    [InlineData(1, 2, "trainer.batchSize is 1")]
    public void ExemplarTripletOptions_NoTriplet_IsAFault(int batch, int? views, string? expected)
    {
        var faults = new ExemplarTripletOptions().Faults(TestRuns.Of() with { BatchSize = batch, ViewCount = views }).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith(expected!, fault, StringComparison.Ordinal));
    }
}
