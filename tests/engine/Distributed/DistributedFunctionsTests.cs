namespace Parallax.Engine.Tests.Distributed;

public sealed class DistributedFunctionsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Gather_LossOverAllRows_GivesTheGradientOfOneProcess(int size)
    {
        using var scope = NewDisposeScope();
        var data = randn([size * 2, 4], ScalarType.Float64);
        var initial = randn([4, 3], ScalarType.Float64);
        var expected = initial.clone().requires_grad_();
        Coupled(data.matmul(expected)).backward();

        var gradients = Ranks.Collect(size, group =>
        {
            var weight = initial.clone().requires_grad_();
            var rows = data.narrow(0, group.Rank * 2, 2).matmul(weight);
            var gathered = DistributedFunctions.Gather(rows, group);
            Coupled(gathered).backward();
            group.AllReduce(weight.grad!);
            return (weight.grad! / size).data<double>().ToArray();
        });

        Assert.All(gradients, gradient => Near(expected.grad!.data<double>().ToArray(), gradient));
    }

    [Fact]
    public void Mean_LossOfTheMean_GivesTheGradientOfOneProcess()
    {
        using var scope = NewDisposeScope();
        var data = randn([6, 4], ScalarType.Float64);
        var initial = randn([4, 3], ScalarType.Float64);
        var expected = initial.clone().requires_grad_();
        Whitened(data.matmul(expected), covariance => covariance).backward();

        var gradients = Ranks.Collect(3, group =>
        {
            var weight = initial.clone().requires_grad_();
            Whitened(data.narrow(0, group.Rank * 2, 2).matmul(weight), covariance => DistributedFunctions.Mean(covariance, group)).backward();
            group.AllReduce(weight.grad!);
            return (weight.grad! / 3).data<double>().ToArray();
        });

        Assert.All(gradients, gradient => Near(expected.grad!.data<double>().ToArray(), gradient));
    }

    [Fact]
    public void Gather_Indices_PassWithoutGradient() => Ranks.Run(2, group =>
    {
        var rows = DistributedFunctions.Gather(full([2], group.Rank, ScalarType.Int64), group);

        Assert.Equal([0L, 0L, 1L, 1L], rows.data<long>().ToArray());
        Assert.False(rows.requires_grad);
    });

    [Fact]
    public void Gather_UnderNoGrad_RecordsNothing() => Ranks.Run(2, group =>
    {
        var rows = ones(1, 2).requires_grad_();
        using var noGradient = no_grad();

        Assert.False(DistributedFunctions.Gather(rows, group).requires_grad);
    });

    [Fact]
    public void Gather_BFloat16_KeepsTheTypeForwardsAndBackwards() => Ranks.Run(2, group =>
    {
        var rows = ones([2, 2], ScalarType.BFloat16).requires_grad_();
        var gathered = DistributedFunctions.Gather(rows, group);
        (gathered * 3).sum().backward();

        Assert.Equal((ScalarType.BFloat16, ScalarType.BFloat16), (gathered.dtype, rows.grad!.dtype));
        Assert.True((rows.grad! == 6).all().item<bool>());   // 3 from each of the two losses
    });

    [Fact]
    public void Gather_OneProcess_IsTheIdentityWithGradient() => Ranks.Run(1, group =>
    {
        var rows = ones(2, 2).requires_grad_();
        (DistributedFunctions.Mean(DistributedFunctions.Gather(rows, group), group) * 3).sum().backward();

        Assert.True((rows.grad! == 3).all().item<bool>());
    });

    [Fact]
    public void Mean_Integers_AreRefused() => Ranks.Run(1, group =>
        Assert.Contains("floating-point", Assert.Throws<ArgumentException>(() => DistributedFunctions.Mean(zeros([1], ScalarType.Int64), group)).Message, StringComparison.Ordinal));

    /// <summary>A loss in which every row meets every other.</summary>
    private static Tensor Coupled(Tensor rows) => rows.matmul(rows.t()).logsumexp(1).mean();

    /// <summary>A loss of the second moments of the columns.</summary>
    private static Tensor Whitened(Tensor rows, Func<Tensor, Tensor> joined) => joined(rows.t().matmul(rows) / rows.size(0)).square().sum();

    private static void Near(double[] expected, double[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
}
