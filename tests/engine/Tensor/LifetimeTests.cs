namespace Parallax.Engine.Tests.Tensors;

public sealed class LifetimeTests
{
    [Fact]
    public void Training_TwoThousandScopedSteps_KeepsTensorsAndMemoryFlat()
    {
        using var all = NewDisposeScope();
        var (w1, w2) = (torch.randn([64, 256], requires_grad: true), torch.randn([256, 16], requires_grad: true));
        for (var i = 0; i < 100; i++)
        {
            Step(w1, w2);
        }

        var (tensors, resident) = (MemoryStatistics.LiveTensors, MemoryStatistics.ResidentBytes);

        for (var i = 0; i < 1_900; i++)
        {
            Step(w1, w2);
        }

        Assert.InRange(MemoryStatistics.LiveTensors, 0, tensors);
        Assert.InRange(MemoryStatistics.ResidentBytes, 0, resident + (48L << 20));
    }

    [Fact]
    public void Unscoped_ForgottenTensors_StayWithinTheByteBudget()
    {
        const int Megabyte = 1 << 20;
        var peak = 0L;

        for (var i = 0; i < 600; i++)
        {
            _ = torch.zeros(4 * Megabyte / sizeof(float));   // 2.4 GB in all, none disposed
            peak = Math.Max(peak, MemoryStatistics.UnscopedBytes);
        }

        Assert.InRange(peak, 0, MemoryStatistics.UnscopedLimit + (8L * Megabyte));
        Assert.InRange(MemoryStatistics.UnscopedLimit, 512L * Megabyte, 1100L * Megabyte);
    }

    [Fact]
    public void Unscoped_Disposed_GivesItsBytesBack()
    {
        const long Bytes = 40_000_000;   // far more than finalizers of other tests give back meanwhile
        var before = MemoryStatistics.UnscopedBytes;

        var tensor = torch.zeros(Bytes / sizeof(float));
        var held = MemoryStatistics.UnscopedBytes;
        tensor.Dispose();

        Assert.InRange(held - before, Bytes / 2, Bytes);
        Assert.InRange(MemoryStatistics.UnscopedBytes, 0, before);
    }

    private static void Step(Tensor w1, Tensor w2)
    {
        using var scope = NewDisposeScope();
        var loss = torch.randn(32, 64).mm(w1).relu().mm(w2).logsumexp(1).mean();
        loss.backward();
        using var off = torch.no_grad();
        foreach (var w in new[] { w1, w2 })
        {
            w.sub_(w.grad! * 1e-3f);
            w.grad = null;
        }
    }
}
