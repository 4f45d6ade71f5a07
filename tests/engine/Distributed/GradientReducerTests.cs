namespace Parallax.Engine.Tests.Distributed;

public sealed class GradientReducerTests
{
    [Theory]
    [InlineData(2, 25L << 20)]
    [InlineData(3, 64)]
    [InlineData(3, 1)]
    public void Reduce_AnyBucketSize_AveragesEveryGradient(int size, long bucketBytes) => Ranks.Run(size, group =>
    {
        using var parameters = new Parameters();
        foreach (var (parameter, index) in parameters.All.Select((parameter, index) => (parameter, index)))
        {
            parameter.grad = full_like(parameter, (10 * index) + group.Rank);
        }

        new GradientReducer(parameters.All, group, bucketBytes).Reduce();

        Assert.All(parameters.All.Select((parameter, index) => (parameter, index)), entry =>
            Assert.Equal((10 * entry.index) + ((size - 1) / 2.0), entry.parameter.grad!.to(ScalarType.Float64).unique().output.item<double>(), 1e-6));
    });

    [Fact]
    public void Reduce_ChannelsLastGradients_KeepsValuesInPlace() => Ranks.Run(2, group =>
    {
        using var weight = new Parameter(zeros(2, 3, 2, 2).contiguous(memory_format.channels_last));
        var values = arange(24, ScalarType.Float32).view(2, 3, 2, 2);
        weight.grad = group.Rank == 0 ? values.clone() : (values * 3).contiguous(memory_format.channels_last);

        new GradientReducer([weight], group).Reduce();

        Assert.True((weight.grad! == values * 2).all().item<bool>());
    });

    [Fact]
    public void Reduce_SeveralChannelsLastParametersInABucket_KeepsThemApart() => Ranks.Run(2, group =>
    {
        Parameter[] weights = [.. Enumerable.Range(0, 3).Select(_ => new Parameter(zeros(2, 3, 2, 2).contiguous(memory_format.channels_last)))];
        var values = arange(24, ScalarType.Float32).view(2, 3, 2, 2);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i].grad = ((values + (100 * i)) * (group.Rank + 1)).contiguous(memory_format.channels_last);
        }

        new GradientReducer(weights, group).Reduce();

        Assert.All(weights.Select((weight, i) => (weight.grad!, (values + (100 * i)) * 1.5)), pair => Assert.True((pair.Item1 == pair.Item2).all().item<bool>()));
        Array.ForEach(weights, weight => weight.Dispose());
    });

    [Fact]
    public void Reduce_GradientMissingOnOneRank_CountsAsZeroThere() => Ranks.Run(2, group =>
    {
        using var parameters = new Parameters();
        if (group.Rank == 1)
        {
            parameters.All[0].grad = full_like(parameters.All[0], 4);
        }

        new GradientReducer(parameters.All, group).Reduce();

        Assert.True((parameters.All[0].grad! == 2).all().item<bool>());
        Assert.All(parameters.All.Skip(1), parameter => Assert.Null(parameter.grad));
    });

    [Fact]
    public void Reduce_TwentyTimes_LeavesNoTensorBehind() => Ranks.Run(2, group =>
    {
        using var weight = new Parameter(zeros(3));
        var reducer = new GradientReducer([weight], group);
        using var inner = NewDisposeScope();
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            weight.grad = ones(3);
            reducer.Reduce();
        }

        Assert.Equal(0, inner.DisposablesCount);
    });

    /// <summary>Parameters of several shapes and types.</summary>
    private sealed class Parameters : IDisposable
    {
        public Parameter[] All { get; } =
            [new(zeros(3, 4)), new(zeros(5)), new(zeros([2], ScalarType.BFloat16)), new(zeros(1, 2, 3)), new(zeros([7], ScalarType.Float64)), new(torch.tensor(0f))];

        public void Dispose() => Array.ForEach(All, parameter => parameter.Dispose());
    }
}
