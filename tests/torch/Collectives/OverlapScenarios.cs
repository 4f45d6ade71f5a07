namespace Parallax.Torch.Tests.Collectives;

/// <summary>Gradients that are exchanged while backward still runs.</summary>
internal static class OverlapScenarios
{
    public static void Begin_AnyBucketSize_GivesTheBitsOfAnExchangeAfterwards(ProcessGroup group)
    {
        foreach (var bucketBytes in new[] { 25L << 20, 20_000, 1 })
        {
            using var net = new Net(group);
            var expected = net.Gradients(bucketBytes, begins: false);

            Assert.Equal(expected, net.Gradients(bucketBytes, begins: true));
            Assert.Equal(expected, net.Gradients(bucketBytes, begins: true));
        }
    }

    public static void Begin_Overlapped_GivesTheBitsOfPlainSums(ProcessGroup group)
    {
        using var net = new Net(group);
        var means = net.Gradients(1, begins: true);
        net.Backpropagate();

        foreach (var (parameter, i) in net.Used.Select((parameter, i) => (parameter, i)))
        {
            var sum = cat([parameter.grad!.flatten(), ones(1)]);   // as in the bucket, where a number for presence follows
            group.AllReduce(sum);
            Assert.Equal(sum[..^1].div_(group.Size).data<float>().ToArray(), means[i + 1]);
        }
    }

    public static void Begin_LastOfSeveralPasses_ExchangesWhatTheyAddUpTo(ProcessGroup group)
    {
        using var net = new Net(group);

        Assert.Equal(net.Gradients(20_000, begins: false, passes: 3), net.Gradients(20_000, begins: true, passes: 3));
    }

    public static void Begin_ParameterUnusedOnOneRankOrFrozen_GivesTheBitsOfAnExchangeAfterwards(ProcessGroup group)
    {
        using var net = new Net(group) { SkipsLast = group.Rank == 1 };
        net.Frozen.requires_grad = false;

        Assert.Equal(net.Gradients(1, begins: false), net.Gradients(1, begins: true));
        Assert.Equal(net.Gradients(20_000, begins: false), net.Gradients(20_000, begins: true));
    }

    public static void Begin_OtherExchangesDuringBackward_DoNotMix(ProcessGroup group)
    {
        using var net = new Net(group) { Normalises = true };

        Assert.Equal(net.Gradients(1, begins: false), net.Gradients(1, begins: true));
    }

    public static void Begin_OnOneRankOnly_GivesTheSameBits(ProcessGroup group)
    {
        using var net = new Net(group);

        Assert.Equal(net.Gradients(20_000, begins: false), net.Gradients(20_000, begins: group.Rank == 0));
    }

    public static void Begin_SeveralBuckets_ExchangesTheFirstBeforeTheLastGradientIsThere(ProcessGroup group)
    {
        using var net = new Net(group);
        var early = false;
        var reducer = new GradientReducer(net.All, group, 1);
        reducer.Begin();
        var hook = new GradientHook(net.All[1], () => early = reducer.Begun > 0);

        net.Backpropagate();
        reducer.Reduce();

        Assert.True(early);
        GC.KeepAlive(hook);
    }

    public static void Begin_Twice_Throws(ProcessGroup group)
    {
        using var net = new Net(group);
        var reducer = new GradientReducer(net.All, group);
        reducer.Begin();

        Assert.Throws<InvalidOperationException>(reducer.Begin);
        net.Backpropagate();
        reducer.Reduce();
    }

    public static void Begin_TwoBackwardPasses_ThrowsAtTheSecond(ProcessGroup group)
    {
        using var net = new Net(group);
        var reducer = new GradientReducer(net.All, group);
        reducer.Begin();
        net.Backpropagate();

        var fault = Assert.Throws<InvalidOperationException>(net.Backpropagate);

        Assert.Contains("computed twice after GradientReducer.Begin", fault.Message, StringComparison.Ordinal);
        reducer.Reduce();
    }

    public static void Begin_TwentyTimes_LeavesNoTensorBehind(ProcessGroup group)
    {
        using var net = new Net(group);
        var reducer = new GradientReducer(net.All, group, 1);
        using var inner = NewDisposeScope();
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            reducer.Begin();
            net.Backpropagate();
            reducer.Reduce();
            net.ForgetGradients();
        }

        Assert.Equal(0, inner.DisposablesCount);
    }

    /// <summary>Layers of which one is used twice and the first never; other images on each rank.</summary>
    private sealed class Net : IDisposable
    {
        private readonly ProcessGroup _group;
        private readonly Tensor _images;

        public Net(ProcessGroup group)
        {
            _group = group;
            var random = new Generator(7, CPU);
            All = [.. Enumerable.Range(0, 6).Select(_ => new Parameter(randn([61, 61], generator: random) / 8))];
            _images = randn([16, 61], generator: new Generator((ulong)(11 + group.Rank), CPU));
        }

        public Parameter[] All { get; }

        public Parameter Frozen => All[3];

        public IEnumerable<Parameter> Used => All[1..];

        public bool SkipsLast { get; init; }

        public bool Normalises { get; init; }

        public void Backpropagate()
        {
            using var scope = NewDisposeScope();
            var h = _images;   // [N, F]
            foreach (var weight in (Parameter[])[All[1], All[2], All[3], All[2], All[4]])
            {
                h = h.mm(weight).tanh();
                h = Normalises ? h - DistributedFunctions.Mean(h.mean([0]), _group) : h;
            }

            (SkipsLast ? h : h.mm(All[5])).square().mean().Backpropagate();
        }

        /// <summary>The mean gradients of all parameters; none where there is none.</summary>
        public List<float[]> Gradients(long bucketBytes, bool begins, int passes = 1)
        {
            var reducer = new GradientReducer(All, _group, bucketBytes);
            for (var pass = 1; pass <= passes; pass++)
            {
                if (begins && pass == passes)
                {
                    reducer.Begin();
                }

                Backpropagate();
            }

            reducer.Reduce();
            using var scope = NewDisposeScope();
            List<float[]> gradients = [.. All.Select(parameter => parameter.grad is { } gradient ? gradient.data<float>().ToArray() : [])];
            ForgetGradients();

            return gradients;
        }

        public void ForgetGradients() => Array.ForEach(All, parameter => parameter.grad = null);

        public void Dispose()
        {
            Array.ForEach(All, parameter => parameter.Dispose());
            _images.Dispose();
        }
    }
}
