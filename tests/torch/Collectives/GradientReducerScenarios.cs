namespace Parallax.Torch.Tests.Collectives;

/// <summary>Gradients averaged in buckets.</summary>
internal static class GradientReducerScenarios
{
    public static void Reduce_AnyBucketSize_AveragesEveryGradient(ProcessGroup group)
    {
        foreach (var bucketBytes in new[] { 25L << 20, 64, 1 })
        {
            using var parameters = new Parameters();
            for (var i = 0; i < parameters.All.Length; i++)
            {
                parameters.All[i].grad = full_like(parameters.All[i], (10 * i) + group.Rank);
            }

            new GradientReducer(parameters.All, group, bucketBytes).Reduce();

            for (var i = 0; i < parameters.All.Length; i++)
            {
                Assert.Equal((10 * i) + ((group.Size - 1) / 2.0), parameters.All[i].grad!.to(ScalarType.Float64).unique().output.item<double>(), 1e-6);
            }
        }
    }

    public static void Reduce_ChannelsLastGradients_KeepsValuesInPlace(ProcessGroup group)
    {
        using var weight = new Parameter(zeros(2, 3, 2, 2).ToChannelsLast());
        var values = arange(24, ScalarType.Float32).view(2, 3, 2, 2);
        weight.grad = group.Rank == 0 ? values.clone() : values.ToChannelsLast();

        new GradientReducer([weight], group).Reduce();

        Assert.True(weight.grad!.allclose(values));
    }

    public static void Reduce_SeveralChannelsLastParametersInABucket_KeepsThemApart(ProcessGroup group)
    {
        Parameter[] weights = [.. Enumerable.Range(0, 3).Select(_ => new Parameter(zeros(2, 3, 2, 2).ToChannelsLast()))];
        var values = arange(24, ScalarType.Float32).view(2, 3, 2, 2);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i].grad = ((values + (100 * i)) * (2 * group.Rank)).ToChannelsLast();
        }

        new GradientReducer(weights, group).Reduce();

        for (var i = 0; i < weights.Length; i++)
        {
            Assert.True(weights[i].grad!.allclose((values + (100 * i)) * (group.Size - 1)));
        }

        Array.ForEach(weights, weight => weight.Dispose());
    }

    public static void Reduce_GradientMissingOnOneRank_CountsAsZeroThere(ProcessGroup group)
    {
        using var parameters = new Parameters();
        if (group.Rank == 1)
        {
            parameters.All[0].grad = full_like(parameters.All[0], 4 * group.Size);
        }

        new GradientReducer(parameters.All, group).Reduce();

        Assert.True((parameters.All[0].grad! == 4).all().item<bool>());
        Assert.All(parameters.All.Skip(1), parameter => Assert.Null(parameter.grad));
    }

    public static void Reduce_TwentyTimes_LeavesNoTensorBehind(ProcessGroup group)
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
    }

    /// <summary>Parameters of several shapes and types.</summary>
    private sealed class Parameters : IDisposable
    {
        public Parameter[] All { get; } =
            [new(zeros(3, 4)), new(zeros(5)), new(zeros(2, ScalarType.BFloat16)), new(zeros(1, 2, 3)), new(zeros(7, ScalarType.Float64)),
                new(torch.tensor(0f))];

        public void Dispose() => Array.ForEach(All, parameter => parameter.Dispose());
    }
}
