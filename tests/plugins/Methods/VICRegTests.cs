using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class VICRegTests
{
    private static readonly VICRegOptions _small = new() { ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void Expander_LinearLayers_HaveABiasExceptTheLast()
    {
        var names = Create(_small).state_dict().Keys.Where(key => key is "projector.0.bias" or "projector.3.bias" or "projector.6.bias")
            .Order(StringComparer.Ordinal);

        Assert.Equal(["projector.0.bias", "projector.3.bias"], names);
    }

    private static VICReg Create(VICRegOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
