using System.Diagnostics;

namespace Parallax.Torch.Tests.Collectives;

/// <summary>What ends a group. Each runs in processes of its own.</summary>
internal static class FailureScenarios
{
    public static void Die_WhileTheOthersWait_EndsAll(ProcessGroup group)
    {
        if (group.Rank == 1)
        {
            using var own = Process.GetCurrentProcess();
            own.Kill();
        }

        group.Barrier();
    }

    public static void Agree_ShapesDiffer_NamesWhatEachRankDoes(ProcessGroup group)
    {
        var fault = Assert.Throws<ProcessGroupException>(() => group.AllReduce(ones(2, 5 + group.Rank)));

        Assert.Contains("rank 0 AllReduce of [2, 5] Float32, rank 1 AllReduce of [2, 6] Float32", fault.Message, StringComparison.Ordinal);
        Assert.Contains("is closed", Assert.Throws<ProcessGroupException>(group.Barrier).Message, StringComparison.Ordinal);
        Environment.Exit(17);
    }

    public static void Backpropagate_OtherExchangeElsewhere_Throws(ProcessGroup group)
    {
        var rows = ones(2, 2).requires_grad_();
        var loss = DistributedFunctions.Gather(rows, group).sum();

        var fault = Assert.Throws<ProcessGroupException>(() =>
        {
            if (group.Rank == 0)
            {
                loss.Backpropagate();
            }

            group.Barrier();
        });

        Assert.Contains("rank 0 AllReduce of [4, 2] Float32, rank 1 Barrier", fault.Message, StringComparison.Ordinal);
        Environment.Exit(17);
    }

    public static void Wait_OneRankIsStuck_Throws(ProcessGroup group)
    {
        if (group.Rank == 1)
        {
            Thread.Sleep(TimeSpan.FromSeconds(60));   // ended by the exit of the other
        }

        Assert.Contains("Barrier was not complete within 00:00:01 on rank 0 of 2", Assert.Throws<ProcessGroupException>(group.Barrier).Message,
            StringComparison.Ordinal);
        Environment.Exit(17);
    }

    public static void Reduce_AnotherRankIsStuckInBackward_Throws(ProcessGroup group)
    {
        Parameter[] weights = [new(ones(3)), new(ones(3)), new(ones(3))];
        var reducer = new GradientReducer(weights, group, 1);
        reducer.Begin();
        if (group.Rank == 1)
        {
            Thread.Sleep(TimeSpan.FromSeconds(60));   // ended by the exit of the other
        }

        ((weights[0] * weights[1]).exp() * weights[2]).sum().Backpropagate();

        Assert.Contains("AllReduce of [4] Float32 was not complete within 00:00:01 on rank 0 of 2",
            Assert.Throws<ProcessGroupException>(reducer.Reduce).Message, StringComparison.Ordinal);
        Assert.Contains("is closed", Assert.Throws<ProcessGroupException>(group.Barrier).Message, StringComparison.Ordinal);
        Environment.Exit(17);
    }

    public static void Begin_ProcessesEndDuringTheExchange_AsTheyWant(ProcessGroup group)
    {
        Parameter[] weights = [new(ones(3)), new(ones(3)), new(ones(3))];
        var reducer = new GradientReducer(weights, group, 1);
        reducer.Begin();
        if (group.Rank == 0)
        {
            ((weights[0] * weights[1]).exp() * weights[2]).sum().Backpropagate();   // the other one has no part in it
            Assert.InRange(reducer.Begun, 1, 2);
        }

        Environment.Exit(17);
    }

    public static void Die_DuringBackward_EndsTheOthersInTheirExchange(ProcessGroup group)
    {
        Parameter[] weights = [new(ones(3)), new(ones(3))];
        var reducer = new GradientReducer(weights, group, 1);
        reducer.Begin();
        if (group.Rank == 1)
        {
            using var own = Process.GetCurrentProcess();
            own.Kill();
        }

        (weights[0] * weights[1]).sum().Backpropagate();
        reducer.Reduce();
    }

    public static void Leave_OneProcessGoesOn_IsASuccess(ProcessGroup group)
    {
        group.Leave();
        group.Leave();

        Assert.Throws<InvalidOperationException>(group.Barrier);
        Thread.Sleep(group.Rank == 0 ? 1500 : 0);   // the other one has ended long before
        Environment.Exit(0);
    }
}
