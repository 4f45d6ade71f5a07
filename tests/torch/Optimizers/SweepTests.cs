namespace Parallax.Torch.Tests.Optimizers;

/// <remarks>Changes the number of threads of the process, so it runs alone.</remarks>
[Collection("changes threads")]
[CollectionDefinition("changes threads", DisableParallelization = true)]
public sealed class SweepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(2049)]
    [InlineData(700_001)]
    public void Update_AnyNumberOfThreads_GivesTheSameBits(int count)
    {
        var one = Train(count, threads: 1);
        var three = Train(count, threads: 3);

        Assert.Equal(one, three);
    }

    [Fact]
    public void Reduce_AnyNumberOfThreads_GivesTheSameBits()
    {
        var parameter = new Parameter(torch.zeros([900_001])) { grad = OptimizerRuns.Random(5, 900_001) };

        var one = WithThreads(1, () => GradientNorm.Of([parameter.grad!]).item<double>());
        var four = WithThreads(4, () => GradientNorm.Of([parameter.grad!]).item<double>());

        Assert.Equal(one, four);
        Assert.Equal(parameter.grad!.to(torch.float64).norm().item<double>(), one, 1e-6 * one);
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Update_HalfTypes_RoundLikeTorch(ScalarType type)
    {
        var values = torch.cat([OptimizerRuns.Random(6, 1000) * 100, torch.tensor(new[] { 0f, -0f, float.PositiveInfinity, float.NaN, 1e-8f, 65504f })], 0);
        var half = new Parameter(values.to(type)) { grad = torch.zeros([values.shape[0]], dtype: type) };
        using var optimizer = new FusedAdamW([half], new() { LearningRate = 1, WeightDecay = 0.3 });
        var expected = (half.detach().to(torch.float32) * 0.7f).to(type).to(torch.float32);

        optimizer.step();   // a zero gradient leaves only the decay, 1 - 1 * 0.3

        Assert.Equal(OptimizerRuns.Values(expected), OptimizerRuns.Values(half));
    }

    [Fact]
    public void Step_ChannelsLastParameter_KeepsItsMemoryOrder()
    {
        var parameter = new Parameter(torch.randn([4, 5, 5, 3]).permute(0, 3, 1, 2));
        var strides = parameter.stride();
        using var optimizer = new FusedSgd([parameter], new() { LearningRate = 0.1, Momentum = 0.9 });
        parameter.grad = torch.ones([4, 3, 5, 5]);

        optimizer.step();

        Assert.Equal(strides, parameter.stride());
        Assert.Equal(strides, OptimizerCheckpoint.Save(optimizer, [("p", parameter)])["p/momentum_buffer"].stride());
    }

    private static float[] Train(int count, int threads) => WithThreads(threads, () =>
    {
        var parameter = new Parameter(OptimizerRuns.Random(4, count, 2));
        using var optimizer = new Lamb([parameter], new() { LearningRate = 0.1 });
        OptimizerRuns.Steps(optimizer, [parameter], 2);
        return OptimizerRuns.Values(parameter);
    });

    private static T WithThreads<T>(int threads, Func<T> work)
    {
        var before = torch.get_num_threads();
        torch.set_num_threads(threads);
        try
        {
            return work();
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }
}
