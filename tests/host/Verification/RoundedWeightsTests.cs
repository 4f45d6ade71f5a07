using Parallax.Host.Tests.Training;
using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

[Collection(GeneratorCollection.Name)]
public sealed class RoundedWeightsTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    public void Round_Weights_AreTheNearestWithSoManyBits(int bits)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = torch.nn.Linear(1, 1, hasBias: false);
        var step = (float)Math.Pow(2, 1 - bits);   // from one number of so many bits to the next, between 1 and 2
        using (torch.no_grad())
        {
            layer.weight!.fill_(1 + (0.75f * step));
        }

        RoundedWeights.Round(layer, bits);

        Assert.Equal(1 + step, layer.weight!.item<float>());
    }

    [Fact]
    public void Round_ToBf16_IsAsTheTypeRounds()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(11);
        using var layer = torch.nn.Linear(31, 17);
        var expected = layer.weight!.to(bfloat16).to(float32);

        RoundedWeights.Round(layer, RoundedWeights.Bf16);

        Assert.Equal(expected.data<float>(), layer.weight!.data<float>());
    }

    [Fact]
    public void Effect_OfALine_IsThatOfItsWeights()
    {
        using var bench = new TrainingBench();
        using var session = bench.Session(new LineMethod());
        using var batch = new FirstBatch(session);
        using var exact = batch.Run([batch.Whole]);

        Assert.Equal(0, RoundedWeights.Effect(session.Experiment.Module, batch, exact, RoundedWeights.Bf16));   // its gradient knows no weight
    }
}
