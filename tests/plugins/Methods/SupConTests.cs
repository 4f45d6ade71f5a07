using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SupConTests
{
    private static readonly SupConOptions _small = new() { ProjectionDim = 6 };

    [Fact]
    public void Constructor_DataWithoutLabels_SaysWhatToTake()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new SupCon(new PixelBackbone(), _small, TestRuns.Of(classes: 0)));

        Assert.Contains("'test' has none", fault.Message, StringComparison.Ordinal);
        Assert.Contains("simclr", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_TwoProcesses_GathersLabelsAndProjections()
    {
        var method = new SupCon(new PixelBackbone(), _small, TestRuns.Of());
        var whole = TestRuns.Batch(0, 1, 1, 0);
        var twice = new Batch([.. whole.Views.Select(view => cat([view, view], 0))], arange(8, dtype: int64), tensor(new long[] { 0, 1, 1, 0, 0, 1, 1, 0 }));

        var gathered = method.Step(whole, TestRuns.Step() with { Processes = new Doubled() });

        Assert.Equal(method.Step(twice, TestRuns.Step()).Loss.item<float>(), gathered.Loss.item<float>(), tolerance: 1e-5);
    }

    /// <summary>Two processes with the same images.</summary>
    private sealed class Doubled : IProcesses
    {
        public int Rank => 0;

        public int Count => 2;

        public Tensor Gather(Tensor rows) => cat([rows, rows], 0);

        public Tensor Mean(Tensor value) => value;

        public Tensor Own(Tensor rows) => rows.narrow(0, 0, rows.shape[0] / 2);
    }
}
