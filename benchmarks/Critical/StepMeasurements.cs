using Parallax.Benchmarks.Gate;

namespace Parallax.Benchmarks.Critical;

/// <summary>The trainer's whole step on a batch that is ready, small; peer: the backbone alone, forward and backward, on the same images.</summary>
internal static class StepMeasurements
{
    private const int Images = 32;
    private const string Small = "backbone: {name: resnet18, stem: cifar-maxpool, width: 0.25}, optimizer: {name: sgd, baseLearningRate: 0.03}";
    private const string Transformer = "backbone: {name: vit, size: tiny, patchSize: 8}, optimizer: {name: adamw, baseLearningRate: 0.001}";
    private const string MultiCrop = "views: [{repeat: 2, augmentations: [random-resized-crop: {size: 32}, normalize]}, "
        + "{repeat: 2, augmentations: [random-resized-crop: {size: 16}, normalize]}]";

    private static readonly int[] TwoViews = [32, 32], FourViews = [32, 32, 16, 16];

    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("steps/moco-v2", () => Step($"method: {{name: moco-v2, queueSize: 4096}}, {Small}", TwoViews)),
        new("steps/simclr", () => Step($"method: {{name: simclr}}, {Small}", TwoViews)),
        new("steps/byol", () => Step($"method: {{name: byol, hiddenDim: 512}}, {Small}", TwoViews)),
        new("steps/swav", () => Step($"method: {{name: swav, prototypes: 32, hiddenDim: 512, queueSize: 0}}, {Small}, {MultiCrop}", FourViews)),
        new("steps/dino-vit", () => Step(
            $"method: {{name: dino, outputs: 1024, hiddenDim: 512, bottleneckDim: 128}}, {Transformer}, {MultiCrop}", FourViews)),
    ];

    private static Work Step(string recipe, int[] sides)
    {
        var step = new TrainerStep(
            $"{{data: {{name: shapes, count: 128, testCount: 32}}, {recipe}, "
                + $"trainer: {{batchSize: {Images}, threads: 1, workers: 1, device: cpu, precision: fp32}}}}",
            Images, sides);

        return new(() => step.Step(), step.BackboneAlone, step);
    }
}
