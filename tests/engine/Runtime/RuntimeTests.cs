using System.Diagnostics;

namespace Parallax.Engine.Tests.Runtime;

public sealed class RuntimeTests
{
    [Fact]
    public void SetNumThreads_NewThread_SeesTheCount()
    {
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(1);
            var seen = 0;
            var thread = new Thread(() => seen = torch.get_num_threads());
            thread.Start();
            thread.Join();

            Assert.Equal(1, seen);
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Fact]
    public void SetNumThreads_WorkOnNewThread_UsesOneCore()
    {
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(1);
            var ratio = 0.0;
            var thread = new Thread(() =>
            {
                using var scope = NewDisposeScope();
                var (x, w) = (torch.randn(8, 16, 64, 64), torch.randn(16, 16, 3, 3));
                Ops.conv2d(x, w, padding: [1]);
                var (watch, cpu) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
                for (var i = 0; i < 20; i++)
                {
                    using var _ = Ops.conv2d(x, w, padding: [1]);
                }

                ratio = (Process.GetCurrentProcess().TotalProcessorTime - cpu) / watch.Elapsed;
            });
            thread.Start();
            thread.Join();

            Assert.InRange(ratio, 0.0, 1.5);
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Fact]
    public void ManualSeed_Repeated_RepeatsNumbers()
    {
        using var scope = NewDisposeScope();

        torch.manual_seed(42);
        var first = torch.randn(5);
        torch.manual_seed(42);
        var second = torch.randn(5);

        Assert.True(Ops.equal(first, second));
        Assert.Equal(0.3367f, first[0].item<float>(), 1e-4f);   // the first number of seed 42 on every libtorch
    }

    [Fact]
    public void RngState_Restored_ContinuesBitwise()
    {
        using var scope = NewDisposeScope();
        var state = torch.get_rng_state();
        var (a, b) = (torch.randn(7), torch.randint(0, 100, [9]));

        torch.set_rng_state(torch.tensor(state.data<byte>().ToArray()));

        Assert.True(Ops.equal(a, torch.randn(7)));
        Assert.True(Ops.equal(b, torch.randint(0, 100, [9])));
    }

    [Fact]
    public void Generator_Own_IsIndependentOfTheDefault()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var first = torch.randn([4], generator: generator);

        torch.manual_seed(1);
        generator.manual_seed(7);

        Assert.True(Ops.equal(first, torch.randn([4], generator: generator)));
        Assert.Equal(7, generator.initial_seed());
    }

    [Fact]
    public void Warned_OperatorWarns_ReachesTheHandler()
    {
        var messages = new List<string>();
        void Collect(string text) => messages.Add(text);
        TorchRuntime.Warned += Collect;
        try
        {
            using var scope = NewDisposeScope();
            using var anomaly = torch.autograd.detect_anomaly();
            var x = torch.zeros(1, requires_grad: true);
            Assert.Throws<TorchException>(() => (x.sqrt() * 0f).sum().backward());   // 0 * inf is NaN
        }
        finally
        {
            TorchRuntime.Warned -= Collect;
        }

        Assert.NotEmpty(messages);
    }

    [Fact]
    public void Flags_SetAndRead()
    {
        var before = TorchRuntime.DeterministicAlgorithms;
        try
        {
            TorchRuntime.DeterministicAlgorithms = true;
            Assert.True(TorchRuntime.DeterministicAlgorithms);
        }
        finally
        {
            TorchRuntime.DeterministicAlgorithms = before;
        }
    }

    [Fact]
    public void RequireSameVersion_OtherLibtorch_IsRefused()
    {
        var error = Assert.Throws<DllNotFoundException>(() => NativeLoader.RequireSameVersion("2.6.0", "Build settings: TORCH_VERSION=1.13.0, USE_CUDA=OFF"));

        Assert.Contains("compiled for libtorch 2.6.0, but libtorch 1.13.0 was loaded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Autocast_NoGradPassFirst_StillGivesGradients()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (torch.randn(4, 8), torch.randn([3, 8], requires_grad: true));
        Native.Check(Native.px_autocast_set_dtype(0, (int)torch.bfloat16), "autocast");
        Native.Check(Native.px_autocast_set_enabled(0, 1), "autocast");
        _ = Native.px_autocast_enter();
        try
        {
            using (torch.no_grad())
            {
                _ = Ops.linear(x, w);
            }

            var y = Ops.linear(x, w);
            Assert.Equal(torch.bfloat16, y.dtype);
            y.sum().backward();
        }
        finally
        {
            _ = Native.px_autocast_leave();
            Native.Check(Native.px_autocast_set_enabled(0, 0), "autocast");
        }

        Assert.NotNull(w.grad);
    }

    [Fact]
    public void Autocast_LayerNorm_TakesHalfPrecisionInput()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (torch.randn([4, 8], torch.bfloat16), torch.ones(8));
        Native.Check(Native.px_autocast_set_enabled(0, 1), "autocast");
        _ = Native.px_autocast_enter();
        try
        {
            Assert.Equal(0f, Ops.layer_norm(x, [8], w, w).mean().item<float>() - 1f, 1e-2f);
        }
        finally
        {
            _ = Native.px_autocast_leave();
            Native.Check(Native.px_autocast_set_enabled(0, 0), "autocast");
        }
    }

    [Fact]
    public void CpuStream_SynchronizesAtOnce()
    {
        var stream = DeviceStream.Current(torch.CPU);

        stream.Synchronize();

        Assert.Equal(0, torch.cuda.is_available() ? 0 : torch.cuda.device_count());
    }
}
