using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Parallax.Engine.Tests.Distributed;

public sealed class ProcessGroupTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AllReduce_Float32_IsTheSumOverRanks(int size)
    {
        var sums = Ranks.Collect(size, group =>
        {
            var values = tensor([1f, 10f]) * (group.Rank + 1);
            group.AllReduce(values);
            return values.data<float>().ToArray();
        });

        var total = size * (size + 1) / 2;
        Assert.All(sums, sum => Assert.Equal([total, 10f * total], sum));
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int64)]
    public void AllReduce_OtherTypes_KeepsTheTypeAndSums(ScalarType type)
    {
        var sums = Ranks.Collect(2, group =>
        {
            var values = full([3], group.Rank + 2, type);
            group.AllReduce(values);
            return (values.dtype, values.to(ScalarType.Float32).data<float>().ToArray());
        });

        Assert.All(sums, sum => Assert.Equal((type, 5f), (sum.dtype, Assert.Single(sum.Item2.Distinct()))));
    }

    [Fact]
    public void AllReduce_NotContiguous_WritesIntoTheView()
    {
        var sums = Ranks.Collect(2, group =>
        {
            var whole = zeros(2, 3);
            var column = whole.narrow(1, 1, 1);
            column.fill_(group.Rank + 1);
            group.AllReduce(column);
            return whole.data<float>().ToArray();
        });

        Assert.All(sums, sum => Assert.Equal([0f, 3f, 0f, 0f, 3f, 0f], sum));
    }

    [Fact]
    public void AllReduce_SavedForBackward_IsSeenAsAChange() => Ranks.Run(2, group =>
    {
        var x = ones(2).requires_grad_();
        var factor = ones(2);
        var y = (x * factor).sum();
        group.AllReduce(factor);

        Assert.Contains("modified by an inplace operation", Assert.Throws<TorchException>(() => y.backward()).Message, StringComparison.Ordinal);
    });

    [Fact]
    public void AllReduce_TruthValues_AreRefused() => Ranks.Run(2, group =>
        Assert.Contains("no sum", Assert.Throws<ArgumentException>(() => group.AllReduce(zeros([2], ScalarType.Bool))).Message, StringComparison.Ordinal));

    [Fact]
    public void AllReduce_ListOfMixedTypesAndLayouts_SumsEach() => Ranks.Run(3, group =>
    {
        var matrix = full([2, 3], group.Rank, ScalarType.Float32).t();
        var counts = full([4], group.Rank, ScalarType.Int64);
        var half = full([2], group.Rank, ScalarType.BFloat16);
        var scalar = torch.tensor((float)group.Rank);
        group.AllReduce([matrix, counts, half, scalar]);

        Assert.All([matrix, counts, half, scalar], sum => Assert.True((sum == 3).all().item<bool>()));
    });

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void AllGather_Rows_AreInTheOrderOfTheRanks(int size)
    {
        var gathered = Ranks.Collect(size, group =>
        {
            var own = (arange(4, ScalarType.Int64) + (10 * group.Rank)).view(2, 2);
            return group.AllGather(own.t()).data<long>().ToArray();
        });

        var expected = Enumerable.Range(0, size).SelectMany(rank => new long[] { 10 * rank, (10 * rank) + 2, (10 * rank) + 1, (10 * rank) + 3 }).ToArray();
        Assert.All(gathered, rows => Assert.Equal(expected, rows));
    }

    [Theory]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Float64)]
    public void AllGather_AnyType_Travels(ScalarType type) => Ranks.Run(2, group =>
    {
        var rows = group.AllGather(full([2, 1], group.Rank, type));

        Assert.Equal(type, rows.dtype);
        Assert.Equal([0f, 0f, 1f, 1f], rows.to(ScalarType.Float32).data<float>().ToArray());
    });

    [Fact]
    public void AllGather_Scalar_IsRefused() => Ranks.Run(2, group =>
        Assert.Contains("unsqueeze(0)", Assert.Throws<ArgumentException>(() => group.AllGather(torch.tensor(1f))).Message, StringComparison.Ordinal));

    [Fact]
    public void Broadcast_FromRankOne_ReachesAll() => Ranks.Run(3, group =>
    {
        var (plain, turned, flags) = (full([2], group.Rank, ScalarType.Float32), full([2, 3], group.Rank, ScalarType.Float64).t(), full([2], group.Rank == 1, ScalarType.Bool));
        group.Broadcast(plain, 1);
        group.Broadcast(turned, 1);
        group.Broadcast(flags, 1);

        Assert.All([plain, turned, flags], values => Assert.True((values == 1).all().item<bool>()));
    });

    [Fact]
    public void Broadcast_ParameterThatRequiresGradient_StaysALeaf() => Ranks.Run(2, group =>
    {
        using var weight = new Parameter(full([2], group.Rank + 1, ScalarType.Float32));
        group.Broadcast(weight, 0);
        group.AllReduce(weight);

        Assert.True(weight.is_leaf && weight.requires_grad);
        Assert.Equal([2f, 2f], weight.data<float>().ToArray());
    });

    [Fact]
    public void AnyCollective_AfterAMemberLeft_FailsWithinSecondsAndClosesTheGroup()
    {
        using var left = new CountdownEvent(1);
        var clock = Stopwatch.StartNew();

        Ranks.Run(3, group =>
        {
            if (group.Rank == 1)
            {
                group.Dispose();
                left.Signal();
                left.Wait();
                throw new LeftException();
            }

            left.Wait();
            clock.Restart();
            var error = Assert.Throws<ProcessGroupException>(() => group.AllReduce(ones(1000)));
            Assert.Contains($"AllReduce of [1000] Float32 failed on rank {group.Rank} of 3", error.Message, StringComparison.Ordinal);
            Assert.Contains("Another process of the group has probably ended", error.Message, StringComparison.Ordinal);
            Assert.Contains("closed since a collective failed", Assert.Throws<ProcessGroupException>(group.Barrier).Message, StringComparison.Ordinal);
            throw new LeftException();
        }, typeof(LeftException));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public void AnyCollective_OthersDoNotTakePart_TimesOutAndSaysSo()
    {
        using var folder = new Ranks.TemporaryFolder();
        using var done = new ManualResetEventSlim();
        var options = new ProcessGroupOptions(0, 2) { StoreFile = folder.Store, Timeout = TimeSpan.FromMilliseconds(300) };
        var idle = new Thread(() =>
        {
            using var group = ProcessGroup.Connect(options with { Rank = 1 });
            done.Wait();
        });
        idle.Start();
        using var group = ProcessGroup.Connect(options);

        var error = Assert.Throws<ProcessGroupException>(() => group.AllReduce(ones(2)));
        done.Set();
        idle.Join();

        Assert.Contains("not complete within 00:00:00.3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckCalls_ShapesDiffer_NamesWhatEachRankDoes() => Ranks.Run(2, group =>
    {
        var sum = ones(3);
        group.AllReduce(sum);
        Assert.Equal([2f, 2f, 2f], sum.data<float>().ToArray());

        var error = Assert.Throws<ProcessGroupException>(() => group.AllReduce(ones(2, 5 + group.Rank)));

        Assert.Contains("rank 0 AllReduce of [2, 5] Float32, rank 1 AllReduce of [2, 6] Float32", error.Message, StringComparison.Ordinal);
        throw new LeftException();
    }, typeof(LeftException), options => options with { CheckCalls = true });

    [Fact]
    public void Use_AfterDispose_Throws() => Assert.Throws<ObjectDisposedException>(() => Ranks.Run(1, group =>
    {
        group.Dispose();
        group.AllReduce(ones(1));
    }));

    [Fact]
    public void Connect_OthersNeverCome_NamesTheMissingRanks()
    {
        using var folder = new Ranks.TemporaryFolder();

        var error = Assert.Throws<ProcessGroupException>(() => ProcessGroup.Connect(
            new(1, 3) { StoreFile = folder.Store, ConnectTimeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Contains("Rank 1 of 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("rank 0, 2 did not arrive within 0.2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_RankTwice_IsRefused()
    {
        using var folder = new Ranks.TemporaryFolder();
        var options = new ProcessGroupOptions(0, 2) { StoreFile = folder.Store, ConnectTimeout = TimeSpan.FromMilliseconds(200) };
        Assert.Throws<ProcessGroupException>(() => ProcessGroup.Connect(options));

        var error = Assert.Throws<ProcessGroupException>(() => ProcessGroup.Connect(options));

        Assert.Contains("rank 0 has joined already", error.Message, StringComparison.Ordinal);
        Assert.Contains("a new one for each run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_NobodyListensAtThePort_NamesTheAddress()
    {
        var port = FreePort();

        var error = Assert.Throws<ProcessGroupException>(() => ProcessGroup.Connect(new(1, 2) { MasterPort = port, ConnectTimeout = TimeSpan.FromSeconds(1) }));

        Assert.Contains($"tcp://127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("master address and port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_ThroughTcp_Works()
    {
        var options = new ProcessGroupOptions(0, 2) { MasterPort = FreePort() };
        var sums = new float[2];
        var threads = Enumerable.Range(0, 2).Select(rank => new Thread(() =>
        {
            using var group = ProcessGroup.Connect(options with { Rank = rank });
            using var value = torch.tensor(rank + 1f);
            group.AllReduce(value);
            sums[rank] = value.item<float>();
            group.Barrier();
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal([3f, 3f], sums);
    }

    [Fact]
    public void Connect_BadOptions_AreRefusedByName()
    {
        Assert.Equal("Rank", Assert.Throws<ArgumentOutOfRangeException>(() => ProcessGroup.Connect(new(2, 2) { MasterPort = 1 })).ParamName);
        Assert.Equal("MasterPort", Assert.Throws<ArgumentOutOfRangeException>(() => ProcessGroup.Connect(new(0, 2))).ParamName);
        Assert.Contains("does not exist", Assert.Throws<DirectoryNotFoundException>(() => ProcessGroup.Connect(new(0, 2) { StoreFile = "/nowhere/store" })).Message, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class LeftException : Exception;
}
