namespace Parallax.Engine.Tests.Distributed;

public sealed class SynchronizedBatchNormTests
{
    public static TheoryData<int, string, bool> Cases => new()
    {
        { 2, "1d", true }, { 2, "1d-length", true }, { 3, "2d", true }, { 2, "2d-last", true }, { 2, "3d", true }, { 2, "2d", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Enable_Training_EqualsOneProcessWithTheWholeBatch(int size, string kind, bool affine)
    {
        using var scope = NewDisposeScope();
        var whole = Input(kind, 3 * size);
        var target = randn(whole.shape);
        using var plain = Layer(kind, affine);
        var (output, inputGradient) = Pass(plain, whole, target);

        var ranks = new (float[] Output, float[] Gradient, bool ChannelsLast)[size];
        Ranks.Run(size, group =>
        {
            using var layer = Layer(kind, affine);
            SynchronizedBatchNorm.Enable(layer, group);
            var (own, gradient) = Pass(layer, Own(whole, group), Own(target, group));
            ranks[group.Rank] = (Values(own), Values(gradient), own.dim() == 4 && own.is_contiguous(memory_format.channels_last) && gradient.is_contiguous(memory_format.channels_last));

            Near(Values(plain.running_mean!), Values(layer.running_mean!), 1e-6);
            Near(Values(plain.running_var!), Values(layer.running_var!), 1e-5);
            Assert.Equal(plain.num_batches_tracked!.item<long>(), layer.num_batches_tracked!.item<long>());
            if (affine)
            {
                group.AllReduce([layer.weight.grad!, layer.bias!.grad!]);
                Near(Values(plain.weight.grad!), Values(layer.weight.grad!), 1e-4);
                Near(Values(plain.bias!.grad!), Values(layer.bias!.grad!), 1e-4);
            }
        });

        Near(Values(output), [.. ranks.SelectMany(rank => rank.Output)], 1e-5);
        Near(Values(inputGradient), [.. ranks.SelectMany(rank => rank.Gradient)], 1e-5);
        Assert.All(ranks, rank => Assert.True(rank.ChannelsLast || kind != "2d-last"));
    }

    [Fact]
    public void Enable_RanksWithDifferentCounts_WeighsThem() => Ranks.Run(2, group =>
    {
        using var plain = BatchNorm1d(2);
        using var layer = BatchNorm1d(2);
        SynchronizedBatchNorm.Enable(layer, group);
        var whole = arange(10, ScalarType.Float32).view(5, 2).square();
        var expected = plain.call(whole);

        var own = layer.call(group.Rank == 0 ? whole.narrow(0, 0, 1) : whole.narrow(0, 1, 4));

        Near(Values(group.Rank == 0 ? expected.narrow(0, 0, 1) : expected.narrow(0, 1, 4)), Values(own), 1e-5);
        Near(Values(plain.running_var!), Values(layer.running_var!), 1e-3);
    });

    [Fact]
    public void Enable_BFloat16Inputs_HaveFloat32Statistics() => Ranks.Run(2, group =>
    {
        using var plain = BatchNorm2d(3);
        using var layer = BatchNorm2d(3);
        SynchronizedBatchNorm.Enable(layer, group);
        manual_seed(group.Rank);
        var own = (randn(4, 3, 8, 8) + 50).bfloat16();
        var whole = group.AllGather(own);
        plain.call(whole.to(ScalarType.Float32));

        var input = own.requires_grad_();
        var output = layer.call(input);
        output.to(ScalarType.Float32).square().sum().backward();

        Assert.Equal((ScalarType.BFloat16, ScalarType.BFloat16), (output.dtype, input.grad!.dtype));
        Near(Values(plain.running_mean!), Values(layer.running_mean!), 1e-4);
        Near(Values(plain.running_var!), Values(layer.running_var!), 1e-4);
    });

    [Fact]
    public void Enable_FrozenInput_OnlyWeightGetsAGradient() => Ranks.Run(2, group =>
    {
        using var layer = BatchNorm1d(2);
        SynchronizedBatchNorm.Enable(layer, group);
        var input = arange(8, ScalarType.Float32).view(4, 2) * (group.Rank + 1);

        layer.call(input).square().sum().backward();

        Assert.NotNull(layer.weight.grad);
        Assert.Null(input.grad);
    });

    [Fact]
    public void Enable_Evaluation_ExchangesNothing() => Ranks.Run(2, group =>
    {
        using var layer = BatchNorm1d(2);
        SynchronizedBatchNorm.Enable(layer, group);
        layer.eval();

        if (group.Rank == 0)
        {
            Assert.Equal([1, 2], layer.call(ones(1, 2)).shape);   // would wait for rank 1 for ever
        }
    });

    [Fact]
    public void Enable_Null_TurnsItOffInTheWholeTree() => Ranks.Run(2, group =>
    {
        using var net = Sequential(Sequential(BatchNorm1d(2)), BatchNorm1d(2));
        SynchronizedBatchNorm.Enable(net, group);
        Assert.All(net.modules().OfType<BatchNorm>(), norm => Assert.Same(group, norm.Processes));

        SynchronizedBatchNorm.Enable(net, null);

        Assert.All(net.modules().OfType<BatchNorm>(), norm => Assert.Null(norm.Processes));
        Assert.Equal(2, net.modules().OfType<BatchNorm>().Count());
    });

    [Fact]
    public void Backward_ManyStepsOnThreads_StaysInStep() => Ranks.Run(3, group =>
    {
        using var net = Sequential(Linear(4, 6), BatchNorm1d(6), ReLU(), Linear(6, 6), BatchNorm1d(6));
        SynchronizedBatchNorm.Enable(net, group);
        foreach (var parameter in net.parameters())
        {
            group.Broadcast(parameter, 0);
        }

        var reducer = new GradientReducer(net.parameters(), group);
        var optimizer = torch.optim.SGD(net.parameters(), learningRate: 0.05);
        for (var step = 0; step < 10; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var own = (arange(12, ScalarType.Float32).view(3, 4) * (group.Rank + step + 1)).sin();
            (DistributedFunctions.Gather(net.call(own), group).cumsum(0).tanh().square()).mean().backward();
            reducer.Reduce();
            optimizer.step();
        }

        foreach (var parameter in net.parameters())
        {
            var all = group.AllGather(parameter.detach().reshape(1, -1));
            Assert.True((all == all.narrow(0, 0, 1)).all().item<bool>());   // bit for bit: the replicas must not drift apart
            Assert.True(all.isfinite().all().item<bool>());
        }
    });

    private static BatchNorm Layer(string kind, bool affine) => kind[..2] switch
    {
        "1d" => BatchNorm1d(5, affine: affine),
        "2d" => BatchNorm2d(5, affine: affine),
        _ => BatchNorm3d(5, affine: affine),
    };

    private static Tensor Input(string kind, long rows)
    {
        manual_seed(3);
        var values = kind switch
        {
            "1d" => randn(rows, 5),
            "1d-length" => randn(rows, 5, 4),
            "3d" => randn([rows, 5, 2, 3, 2]),
            _ => randn(rows, 5, 4, 3),
        };
        values = (values * 2) + arange(rows, ScalarType.Float32).view([rows, .. Enumerable.Repeat(1L, (int)values.dim() - 1)]);   // each rank has another mean
        return kind == "2d-last" ? values.contiguous(memory_format.channels_last) : values;
    }

    private static Tensor Own(Tensor whole, ProcessGroup group)
    {
        var count = whole.size(0) / group.Size;
        return whole.narrow(0, group.Rank * count, count);
    }

    private static (Tensor Output, Tensor Gradient) Pass(BatchNorm layer, Tensor input, Tensor target)
    {
        using (no_grad())
        {
            (layer.affine ? layer.weight : null)?.copy_(linspace(0.5, 1.5, 5));
        }

        var leaf = input.detach().requires_grad_();
        var output = layer.call(leaf);
        (output * target).sum().backward();
        return (output.detach(), leaf.grad!);
    }

    private static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static void Near(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
