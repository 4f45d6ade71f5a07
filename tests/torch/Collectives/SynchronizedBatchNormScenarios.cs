using NormLayer = TorchSharp.Modules.BatchNorm;

namespace Parallax.Torch.Tests.Collectives;

/// <summary>Batch normalisation over the images of all processes.</summary>
internal static class SynchronizedBatchNormScenarios
{
    public static void Enable_Training_EqualsOneProcessWithTheWholeBatch(ProcessGroup group)
    {
        foreach (var (kind, affine) in new[] { ("1d", true), ("1d-length", true), ("2d", true), ("2d-last", true), ("3d", true), ("2d", false) })
        {
            var whole = Input(kind, 3 * group.Size);
            var target = randn(whole.shape);
            using var plain = Layer(kind, affine);
            using var layer = Layer(kind, affine);
            SynchronizedBatchNorm.Enable(layer, group);

            var (expected, expectedGradient) = Pass(plain, whole, target);
            var (output, gradient) = Pass(layer, Own(whole, group), Own(target, group));

            Near(Own(expected, group), output, 1e-5);
            Near(Own(expectedGradient, group), gradient, 1e-5);
            Near(plain.running_mean!, layer.running_mean!, 1e-6);
            Near(plain.running_var!, layer.running_var!, 1e-5);
            Assert.Equal(plain.num_batches_tracked!.item<long>(), layer.num_batches_tracked!.item<long>());
            Assert.True(kind != "2d-last" || (output.IsChannelsLast() && gradient.IsChannelsLast()));
            if (affine)
            {
                group.AllReduce(layer.weight.grad!);
                group.AllReduce(layer.bias!.grad!);
                Near(plain.weight.grad!, layer.weight.grad!, 1e-4);
                Near(plain.bias!.grad!, layer.bias!.grad!, 1e-4);
            }
        }
    }

    public static void Enable_RanksWithDifferentCounts_WeighsThem(ProcessGroup group)
    {
        using var plain = BatchNorm1d(2);
        using var layer = BatchNorm1d(2);
        SynchronizedBatchNorm.Enable(layer, group);
        var whole = arange(2 * (1 + (2 * (group.Size - 1))), ScalarType.Float32).view(-1, 2).square();   // one row here, two on each other rank
        var (start, count) = group.Rank == 0 ? (0, 1) : ((2 * group.Rank) - 1, 2);
        var expected = plain.call(whole);

        var own = layer.call(whole.narrow(0, start, count));

        Near(expected.narrow(0, start, count), own, 1e-5);
        Near(plain.running_var!, layer.running_var!, 1e-3);
    }

    public static void Enable_NoMomentum_IsTheMeanOfAllBatches(ProcessGroup group)
    {
        using var layer = BatchNorm1d(1);
        layer.momentum = null;
        SynchronizedBatchNorm.Enable(layer, group);

        layer.call(full([2, 1], 2, ScalarType.Float32));
        layer.call(full([2, 1], 4, ScalarType.Float32));

        Assert.Equal(3, layer.running_mean!.item<float>(), 1e-6);
    }

    public static void Enable_BFloat16Inputs_HaveFloat32Statistics(ProcessGroup group)
    {
        using var plain = BatchNorm2d(3);
        using var layer = BatchNorm2d(3);
        SynchronizedBatchNorm.Enable(layer, group);
        manual_seed(group.Rank);
        var input = (randn(4, 3, 8, 8) + 50).bfloat16();
        plain.call(group.AllGather(input).to(ScalarType.Float32));

        input.requires_grad_();
        var output = layer.call(input);
        output.to(ScalarType.Float32).square().sum().backward();

        Assert.Equal((ScalarType.BFloat16, ScalarType.BFloat16), (output.dtype, input.grad!.dtype));
        Near(plain.running_mean!, layer.running_mean!, 1e-4);
        Near(plain.running_var!, layer.running_var!, 1e-4);
    }

    public static void Enable_FrozenInput_OnlyWeightGetsAGradient(ProcessGroup group)
    {
        using var layer = BatchNorm1d(2);
        SynchronizedBatchNorm.Enable(layer, group);
        var input = arange(8, ScalarType.Float32).view(4, 2) * (group.Rank + 1);

        layer.call(input).square().sum().backward();

        Assert.NotNull(layer.weight.grad);
        Assert.Null(input.grad);
    }

    public static void Enable_Evaluation_ExchangesNothing(ProcessGroup group)
    {
        using var layer = BatchNorm1d(2);
        SynchronizedBatchNorm.Enable(layer, group);
        layer.eval();

        if (group.Rank == 0)
        {
            Assert.Equal([1, 2], layer.call(ones(1, 2)).shape);   // would wait for the others for ever
        }
    }

    public static void Enable_Null_TurnsItOffInTheWholeTree(ProcessGroup group)
    {
        using var first = BatchNorm1d(2);
        using var second = BatchNorm1d(2);
        using var net = Sequential(Sequential(first), second);
        SynchronizedBatchNorm.Enable(net, group);
        Assert.All([first, second], norm => Assert.Same(group, SynchronizedBatchNorm.ProcessesOf(norm)));

        SynchronizedBatchNorm.Enable(net, null);

        Assert.All([first, second], norm => Assert.Null(SynchronizedBatchNorm.ProcessesOf(norm)));
        if (group.Rank == 0)
        {
            net.call(randn(4, 2));
        }
    }

    public static void RequireCalls_ForwardInPlaceOfCall_NamesTheLayer(ProcessGroup group)
    {
        using var layer = BatchNorm1d(2);
        using var net = Sequential(("norm", layer));
        SynchronizedBatchNorm.Enable(net, group);
        SynchronizedBatchNorm.RequireCalls(net);
        net.call(randn(4, 2));
        SynchronizedBatchNorm.RequireCalls(net);

        layer.forward(randn(4, 2));

        Assert.Contains("'norm'", Assert.Throws<InvalidOperationException>(() => SynchronizedBatchNorm.RequireCalls(net)).Message, StringComparison.Ordinal);
    }

    public static void Backward_ManySteps_KeepsReplicasEqualAndLeavesNoTensorBehind(ProcessGroup group)
    {
        using var net = Sequential(Linear(4, 6), BatchNorm1d(6), ReLU(), Linear(6, 6), BatchNorm1d(6));
        SynchronizedBatchNorm.Enable(net, group);
        foreach (var parameter in net.parameters())
        {
            group.Broadcast(parameter, 0);
        }

        var reducer = new GradientReducer(net.parameters(), group);
        using var optimizer = torch.optim.SGD(net.parameters(), learningRate: 0.05);
        using var outer = NewDisposeScope();
        for (var step = 0; step < 10; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var own = (arange(12, ScalarType.Float32).view(3, 4) * (group.Rank + step + 1)).sin();
            DistributedFunctions.Gather(net.call(own), group).cumsum(0).tanh().square().mean().backward();
            reducer.Reduce();
            optimizer.step();
        }

        Assert.Equal(0, outer.DisposablesCount);
        foreach (var parameter in net.parameters())
        {
            var all = group.AllGather(parameter.detach().reshape(1, -1));
            Assert.True((all == all.narrow(0, 0, 1)).all().item<bool>());   // bit for bit: the replicas must not drift apart
            Assert.True(all.isfinite().all().item<bool>());
        }
    }

    private static NormLayer Layer(string kind, bool affine) => kind[..2] switch
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
        return kind == "2d-last" ? values.ToChannelsLast() : values;
    }

    private static Tensor Own(Tensor whole, ProcessGroup group)
    {
        var count = whole.size(0) / group.Size;
        return whole.narrow(0, group.Rank * count, count);
    }

    private static (Tensor Output, Tensor Gradient) Pass(NormLayer layer, Tensor input, Tensor target)
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

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
    }
}
