using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class EmbeddingHealthTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Of_EmbeddingsAllOverTheSphere_HaveFullSpreadAndRank()
    {
        var health = EmbeddingHealth.Of(torch.randn([200, 16]), positive: null, targets: null)!;

        Assert.Equal(1, health.Spread, tolerance: 0.05);
        Assert.InRange(health.EffectiveRank, 15, 16);
        Assert.InRange(health.Uniformity, -4, -3);
        Assert.Null(health.Alignment);
        Assert.Null(health.Usage);
    }

    [Fact]
    public void Of_OneDirectionForAllImages_HasNoSpreadAndRankOne()
    {
        var health = EmbeddingHealth.Of(torch.ones([8, 16]) * torch.rand([8, 1]), positive: null, targets: null)!;

        Assert.Equal(0, health.Spread, tolerance: 1e-3);
        Assert.Equal(1, health.EffectiveRank, tolerance: 0.01);
        Assert.Equal(0, health.Uniformity, tolerance: 1e-4);
    }

    [Fact]
    public void Of_FourAxesOfEight_HasEffectiveRankFour()
    {
        var health = EmbeddingHealth.Of(torch.eye(8).narrow(0, 0, 4).repeat(3, 1), positive: null, targets: null)!;

        Assert.Equal(4, health.EffectiveRank, tolerance: 0.01);
    }

    [Fact]
    public void Of_OppositePositive_HasAlignmentFour()
    {
        var z = torch.randn([6, 5]);

        Assert.Equal(4, EmbeddingHealth.Of(z, -z, targets: null)!.Alignment!.Value, tolerance: 1e-4);
        Assert.Equal(0, EmbeddingHealth.Of(z, z * 3, targets: null)!.Alignment!.Value, tolerance: 1e-4);
    }

    [Fact]
    public void Of_HardTargetsOnTwoOfEightColumns_UsesAQuarterWithoutEntropy()
    {
        var targets = torch.nn.functional.one_hot(torch.tensor(new long[] { 1, 5, 1, 5 }), 8).to(torch.float32);

        var health = EmbeddingHealth.Of(torch.randn([4, 4]), positive: null, targets)!;

        Assert.Equal(0.25, health.Usage!.Value, tolerance: 1e-3);
        Assert.Equal(0, health.TargetEntropy!.Value, tolerance: 1e-3);
        Assert.Equal(8, health.TargetWidth);
    }

    [Fact]
    public void Of_NothingToLookAt_IsNull()
    {
        Assert.Null(EmbeddingHealth.Of(null, null, null));
        Assert.Null(EmbeddingHealth.Of(torch.randn([1, 4]), null, null));
    }
}
