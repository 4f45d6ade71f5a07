using Parallax.Contracts;

namespace Parallax.Plugins.Tests;

/// <summary>Runs and batches for tests of methods and backbones.</summary>
internal static class TestRuns
{
    public const int ImageSize = 8, BatchSize = 4;

    /// <summary>A short run over small images.</summary>
    public static RunInfo Of(int channels = 3, int classes = 3) => new(
        new DatasetInfo("test", DatasetSplit.Train, 40, [.. Enumerable.Range(0, classes).Select(i => $"class {i}")], channels, null, new double[channels],
            [.. Enumerable.Repeat(1.0, channels)], "00000000", "embedded"),
        ImageSize, BatchSize, StepsPerEpoch: 10, Epochs: 20, Seed: 1);

    /// <summary>Two random views per image.</summary>
    public static Batch Batch(params long[] labels) => new(
        [Tensors.Normal(11, BatchSize, 3, ImageSize, ImageSize), Tensors.Normal(12, BatchSize, 3, ImageSize, ImageSize)],
        arange(BatchSize, dtype: int64), labels.Length == 0 ? null : tensor(labels));

    /// <summary>The first step of an epoch.</summary>
    public static StepContext Step(int epoch = 0, ulong seed = 5) => new(epoch * 10L, 200, epoch, new Generator(seed));
}

/// <summary>Two linear layers on the pixels: fast, and every image is encoded by itself.</summary>
internal sealed class PixelBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Module<Tensor, Tensor> layers = Sequential(Flatten(), Linear(3 * TestRuns.ImageSize * TestRuns.ImageSize, 16), ReLU(), Linear(16, 12));

    public PixelBackbone()
        : base(nameof(PixelBackbone)) => RegisterComponents();

    public int FeatureDim => 12;

    public override Tensor forward(Tensor input) => layers.call(input);
}
