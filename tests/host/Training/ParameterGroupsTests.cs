using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class ParameterGroupsTests
{
    private static readonly (string Name, long Dimensions)[] Parameters = [("a.weight", 2), ("a.bias", 1), ("head.weight", 2), ("head.bias", 1)];

    [Fact]
    public void Build_NoRules_IsOneGroupInOrder()
    {
        var group = Assert.Single(ParameterGroup.Build(Parameters, new TinyMethod(), excludeNormAndBias: false));

        Assert.Equal(["a.weight", "a.bias", "head.weight", "head.bias"], group.Names);
        Assert.Equal((1.0, 1.0, true, 0.0), (group.LearningRateScale, group.WeightDecayScale, group.Adapted, group.FrozenEpochs));
    }

    [Fact]
    public void Build_VectorsExcluded_GetNeitherDecayNorAdaptation()
    {
        var groups = ParameterGroup.Build(Parameters, new TinyMethod(), excludeNormAndBias: true);

        Assert.Equal(2, groups.Count);
        Assert.Equal((1.0, true), (groups[0].WeightDecayScale, groups[0].Adapted));
        Assert.Equal(["a.bias", "head.bias"], groups[1].Names);
        Assert.Equal((0.0, false), (groups[1].WeightDecayScale, groups[1].Adapted));
    }

    [Fact]
    public void Build_TwoRulesMatch_TheFirstCounts()
    {
        var method = new TinyMethod
        {
            ParameterRules =
            [
                new(p => p.IsIn("head"), LearningRateScale: 10, FrozenEpochs: 1.5),
                new(_ => true, LearningRateScale: 0.1, WeightDecayScale: 2),
            ],
        };

        var groups = ParameterGroup.Build(Parameters, method, excludeNormAndBias: false);

        Assert.Equal([["a.weight", "a.bias"], ["head.weight", "head.bias"]], groups.Select(g => g.Names));
        Assert.Equal((0.1, 2.0, 0.0), (groups[0].LearningRateScale, groups[0].WeightDecayScale, groups[0].FrozenEpochs));
        Assert.Equal((10.0, 1.0, 1.5), (groups[1].LearningRateScale, groups[1].WeightDecayScale, groups[1].FrozenEpochs));
    }
}
