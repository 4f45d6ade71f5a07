namespace Parallax.Torch.Tests.Collectives;

/// <summary>Sums, gathered rows and copies, as every process must see them.</summary>
internal static class ProcessGroupScenarios
{
    public static void Join_Twice_IsTheSameGroup(ProcessGroup group) => Assert.Same(group, ProcessGroup.Join());

    public static void AllReduce_Float32_IsTheSumOverRanks(ProcessGroup group)
    {
        var values = tensor([1f, 10f]) * (group.Rank + 1);

        group.AllReduce(values);

        var total = group.Size * (group.Size + 1) / 2;
        Assert.Equal([total, 10f * total], values.data<float>().ToArray());
    }

    public static void AllReduce_OtherTypes_KeepsTheTypeAndSums(ProcessGroup group)
    {
        foreach (var type in new[] { ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16,
            ScalarType.Int32, ScalarType.Int64 })
        {
            var values = full([3], group.Rank + 2, type);

            group.AllReduce(values);

            var sum = Enumerable.Range(2, group.Size).Sum();
            Assert.Equal(type, values.dtype);
            Assert.Equal([sum, sum, sum], values.to(ScalarType.Float32).data<float>().ToArray());
        }
    }

    public static void AllReduce_BFloat16_SumsInFloat32(ProcessGroup group)
    {
        var values = full([1], group.Rank == 0 ? 256 : 1, ScalarType.BFloat16);   // 256 + 1 is 256 in bfloat16, and so are 256 + 1 + 1 when added one by one

        group.AllReduce(values);

        Assert.Equal(group.Size == 3 ? 258 : 256, values.to(ScalarType.Float32).item<float>());
    }

    public static void AllReduce_SameNumbersTwice_GivesTheSameBits(ProcessGroup group)
    {
        foreach (var count in new[] { 1, 2, 7, 1000, 300_001 })
        {
            manual_seed(group.Rank);
            var (first, second) = (randn(count), default(Tensor));
            second = first.clone();

            group.AllReduce(first);
            group.AllReduce(second);

            Assert.True((first == second).all().item<bool>());
            var all = group.AllGather(first.unsqueeze(0));
            Assert.True((all == all.narrow(0, 0, 1)).all().item<bool>());   // and the same on all processes
        }
    }

    public static void AllReduce_NotContiguous_WritesIntoTheView(ProcessGroup group)
    {
        var whole = zeros(2, 3);
        var column = whole.narrow(1, 1, 1);
        column.fill_(1);

        group.AllReduce(column);

        Assert.Equal([0f, group.Size, 0f, 0f, group.Size, 0f], whole.data<float>().ToArray());
    }

    public static void AllReduce_SavedForBackward_IsSeenAsAChange(ProcessGroup group)
    {
        var x = ones(2).requires_grad_();
        var factor = ones(2);
        var y = (x * factor).sum();
        group.AllReduce(factor);

        Assert.Contains("modified by an inplace operation", Assert.ThrowsAny<Exception>(() => y.backward()).Message, StringComparison.Ordinal);
    }

    public static void AllReduce_TruthValues_AreRefused(ProcessGroup group) =>
        Assert.Contains("no sum", Assert.Throws<ArgumentException>(() => group.AllReduce(zeros(2, ScalarType.Bool))).Message, StringComparison.Ordinal);

    public static void AllReduce_Empty_IsNoFault(ProcessGroup group) => group.AllReduce(zeros(0));

    public static void AllGather_Rows_AreInTheOrderOfTheRanks(ProcessGroup group)
    {
        var own = (arange(4, ScalarType.Int64) + (10 * group.Rank)).view(2, 2);

        var rows = group.AllGather(own.t()).data<long>().ToArray();

        Assert.Equal(Enumerable.Range(0, group.Size).SelectMany(rank => new long[] { 10 * rank, (10 * rank) + 2, (10 * rank) + 1, (10 * rank) + 3 }), rows);
    }

    public static void AllGather_AnyType_Travels(ProcessGroup group)
    {
        foreach (var type in new[] { ScalarType.Bool, ScalarType.BFloat16, ScalarType.Int16, ScalarType.Float64 })
        {
            var rows = group.AllGather(full([2, 1], group.Rank == 1 ? 1 : 0, type));

            Assert.Equal(type, rows.dtype);
            Assert.Equal([0f, 0f, 1f, 1f], rows.to(ScalarType.Float32).data<float>().ToArray()[..4]);
        }
    }

    public static void AllGather_Scalar_IsRefused(ProcessGroup group) =>
        Assert.Contains("unsqueeze(0)", Assert.Throws<ArgumentException>(() => group.AllGather(torch.tensor(1f))).Message, StringComparison.Ordinal);

    public static void Broadcast_FromRankOne_ReachesAll(ProcessGroup group)
    {
        var (plain, turned, flags) = (full([2], group.Rank, ScalarType.Float32), full([2, 3], group.Rank, ScalarType.Float64).t(),
            full([2], group.Rank == 1 ? 1 : 0, ScalarType.Bool));

        group.Broadcast(plain, 1);
        group.Broadcast(turned, 1);
        group.Broadcast(flags, 1);

        Assert.All([plain, turned, flags], values => Assert.True((values == 1).all().item<bool>()));
    }

    public static void Broadcast_ParameterThatRequiresGradient_StaysALeaf(ProcessGroup group)
    {
        using var weight = new Parameter(full([2], group.Rank + 1, ScalarType.Float32));

        group.Broadcast(weight, 0);

        Assert.True(weight.is_leaf && weight.requires_grad);
        Assert.Equal([1f, 1f], weight.data<float>().ToArray());
    }

    public static void Collectives_ManyTimes_LeaveNoTensorBehind(ProcessGroup group)
    {
        using var scope = NewDisposeScope();
        var values = ones(3);
        for (var i = 0; i < 10; i++)
        {
            group.AllReduce(values);
            group.Broadcast(values, 0);
            group.AllGather(values).Dispose();
        }

        Assert.Equal(1, scope.DisposablesCount);
    }
}
