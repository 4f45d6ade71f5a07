using BenchmarkDotNet.Attributes;
using Parallax.Contracts;
using Parallax.Plugins.Augmentations;

namespace Parallax.Benchmarks;

/// <summary>How long does one view take, from the decoded image to the normalised pixels, with MoCo v2's augmentations? One thread.</summary>
/// <remarks>The same work in torchvision: <c>benchmarks/peers/augmentations.py</c>.</remarks>
[MemoryDiagnoser]
public class Augmentations
{
    private const int Rows = 64;

    private readonly ImageBuffer _original = new(), _image = new();
    private IAugmentation[] _chain = [];
    private float[][][] _rows = [];
    private int _next;

    /// <summary>Side of the view in pixels; the image is 375 x 500 for 224 and 32 x 32 for 32.</summary>
    [Params(224, 32)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _original.Resize(3, Size == 32 ? 32 : 375, Size == 32 ? 32 : 500);
        var random = new CounterRandom(1, 0, 0, 0);
        foreach (ref var pixel in _original.Pixels)
        {
            pixel = (float)random.NextDouble();
        }

        var data = new DatasetInfo("noise", DatasetSplit.Train, 1, [], 3, null, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], "00000000", "embedded");
        var run = new RunInfo(data, Size, BatchSize: 1, StepsPerEpoch: 1, Epochs: 1, Seed: 1);
        _chain =
        [
            new RandomResizedCrop(new() { Size = Size, ScaleMin = 0.2 }), new ColorJitter(new()), new Grayscale(new()),
            new GaussianBlur(new()), new HorizontalFlip(new()), new Normalize(new(), run),
        ];
        _rows = [.. Enumerable.Range(0, Rows).Select(DrawRow)];
    }

    /// <summary>The plain formulation: one pixel after the other, each step as its definition reads.</summary>
    [Benchmark(Baseline = true)]
    public float Plain()
    {
        var rows = NextRows();
        _image.CopyFrom(_original);
        PlainAugmentations.Crop(_image, rows[0], Size);
        PlainAugmentations.Jitter(_image, rows[1]);
        PlainAugmentations.Grayscale(_image, rows[2][0]);
        PlainAugmentations.Blur(_image, rows[3][0]);
        PlainAugmentations.Flip(_image, rows[4][0]);
        PlainAugmentations.Normalize(_image, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

        return _image.Pixels[0];
    }

    /// <summary>The augmentation plugins.</summary>
    [Benchmark]
    public float Plugins()
    {
        var rows = NextRows();
        _image.CopyFrom(_original);
        for (var step = 0; step < _chain.Length; step++)
        {
            _chain[step].Apply(_image, rows[step]);
        }

        return _image.Pixels[0];
    }

    private float[][] NextRows() => _rows[_next++ % Rows];

    private float[][] DrawRow(int sample)
    {
        var random = new CounterRandom(1, 0, sample, 0);
        var size = _original.Size;
        return [.. _chain.Select(augmentation =>
        {
            var row = new float[augmentation.ParameterCount];
            augmentation.Draw(ref random, size, row);
            size = augmentation.OutputSize(size, row);

            return row;
        })];
    }
}
