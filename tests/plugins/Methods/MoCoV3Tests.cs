using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MoCoV3Tests
{
    private static readonly MoCoV3Options _small = new() { HiddenDim = 10, ProjectionDim = 6 };

    [Fact]
    public void Heads_OfAConvolutionalBackbone_AreTwoLayersAndAPredictorWithoutLastNorm()
    {
        var keys = Create(_small).state_dict().Keys;

        Assert.Contains("projector.3.weight", keys);
        Assert.Contains("projector.4.running_mean", keys);
        Assert.DoesNotContain("projector.6.weight", keys);
        Assert.DoesNotContain("predictor.4.running_mean", keys);
    }

    [Fact]
    public void Heads_OfATransformer_AreThreeLayersAndAPredictorWithLastNorm()
    {
        var method = new MoCoV3(() => new ViT(new() { Size = ViTSize.Tiny, PatchSize = 4 }, TestRuns.Of()), _small, TestRuns.Of());

        var keys = method.state_dict().Keys;

        Assert.Contains("projector.6.weight", keys);
        Assert.Contains("projector.7.running_mean", keys);
        Assert.DoesNotContain("projector.7.weight", keys);
        Assert.Contains("predictor.4.running_mean", keys);
    }

    [Fact]
    public void Heads_WhenChosen_IgnoreTheBackbone() =>
        Assert.Contains("projector.6.weight", Create(_small with { Heads = MoCoV3Heads.Transformer }).state_dict().Keys);

    [Fact]
    public void Step_FrozenPatchProjection_StaysWithoutGradient()
    {
        var options = new ViTOptions { Size = ViTSize.Tiny, PatchSize = 4, FreezePatchProjection = true, Positions = ViTPositions.SinCosMoco,
            Init = ViTInit.Moco };
        var method = new MoCoV3(() => new ViT(options, TestRuns.Of()), _small, TestRuns.Of());

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        var projection = method.named_parameters().Where(p => p.name.StartsWith("backbone.patch_embed.", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, projection.Count);
        Assert.All(projection, p => Assert.True(!p.parameter.requires_grad && p.parameter.grad is null));
    }

    [Fact]
    public void Step_EqualEmbeddings_IsTwiceTheTemperatureTimesTheLogarithmOfTheBatch()
    {
        var q = ones([4, 3]);

        var loss = MoCoV3Loss.Compute(q, q, arange(4, dtype: int64), temperature: 0.2);

        Assert.Equal(0.4 * Math.Log(4), loss.item<float>(), tolerance: 1e-5);
    }

    private static MoCoV3 Create(MoCoV3Options options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
