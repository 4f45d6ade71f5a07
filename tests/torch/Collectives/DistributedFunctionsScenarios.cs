namespace Parallax.Torch.Tests.Collectives;

/// <summary>Exchanges that gradients flow through.</summary>
internal static class DistributedFunctionsScenarios
{
    public static void Gather_LossOverAllRows_GivesTheGradientOfOneProcess(ProcessGroup group)
    {
        var (data, initial) = Data(group);
        var expected = initial.clone().requires_grad_();
        Coupled(data.matmul(expected)).backward();

        var weight = initial.clone().requires_grad_();
        Coupled(DistributedFunctions.Gather(Own(data, group).matmul(weight), group)).backward();
        group.AllReduce(weight.grad!);

        Near(expected.grad!, weight.grad! / group.Size);
    }

    public static void Mean_LossOfTheMean_GivesTheGradientOfOneProcess(ProcessGroup group)
    {
        var (data, initial) = Data(group);
        var expected = initial.clone().requires_grad_();
        Whitened(data.matmul(expected), covariance => covariance).backward();

        var weight = initial.clone().requires_grad_();
        Whitened(Own(data, group).matmul(weight), covariance => DistributedFunctions.Mean(covariance, group)).backward();
        group.AllReduce(weight.grad!);

        Near(expected.grad!, weight.grad! / group.Size);
    }

    public static void Gather_Indices_PassWithoutGradient(ProcessGroup group)
    {
        var rows = DistributedFunctions.Gather(full([2], group.Rank, ScalarType.Int64), group);

        Assert.Equal(Enumerable.Range(0, group.Size).SelectMany(rank => new long[] { rank, rank }), rows.data<long>().ToArray());
        Assert.False(rows.requires_grad);
    }

    public static void Gather_UnderNoGrad_RecordsNothing(ProcessGroup group)
    {
        var rows = ones(1, 2).requires_grad_();
        using var noGradient = no_grad();

        Assert.False(DistributedFunctions.Gather(rows, group).requires_grad);
    }

    public static void Gather_BFloat16_KeepsTheTypeForwardsAndBackwards(ProcessGroup group)
    {
        var rows = ones([2, 2], ScalarType.BFloat16).requires_grad_();
        var gathered = DistributedFunctions.Gather(rows, group);
        (gathered * 3).sum().backward();

        Assert.Equal((ScalarType.BFloat16, ScalarType.BFloat16), (gathered.dtype, rows.grad!.dtype));
        Assert.True((rows.grad! == 3 * group.Size).all().item<bool>());   // 3 from each of the losses
    }

    public static void Gather_ManyTimes_LeavesNoTensorBehind(ProcessGroup group)
    {
        var rows = ones(4, 4).requires_grad_();
        using var scope = NewDisposeScope();
        for (var i = 0; i < 5; i++)
        {
            using var step = NewDisposeScope();
            DistributedFunctions.Mean(DistributedFunctions.Gather(rows, group), group).sum().backward();
        }

        Assert.Equal(0, scope.DisposablesCount);
    }

    public static void Mean_Integers_AreRefused(ProcessGroup group) =>
        Assert.Contains("floating-point", Assert.Throws<ArgumentException>(() => DistributedFunctions.Mean(zeros(1, ScalarType.Int64), group)).Message,
            StringComparison.Ordinal);

    private static (Tensor Data, Tensor Weight) Data(ProcessGroup group)
    {
        manual_seed(5);
        return (randn([group.Size * 2, 4], ScalarType.Float64), randn([4, 3], ScalarType.Float64));
    }

    private static Tensor Own(Tensor data, ProcessGroup group) => data.narrow(0, group.Rank * 2, 2);

    /// <summary>A loss in which every row meets every other.</summary>
    private static Tensor Coupled(Tensor rows) => rows.matmul(rows.t()).logsumexp(1).mean();

    /// <summary>A loss of the second moments of the columns.</summary>
    private static Tensor Whitened(Tensor rows, Func<Tensor, Tensor> joined) => joined(rows.t().matmul(rows) / rows.size(0)).square().sum();

    private static void Near(Tensor expected, Tensor actual) =>
        Assert.All(expected.data<double>().ToArray().Zip(actual.data<double>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
}
