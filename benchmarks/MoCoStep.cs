namespace Parallax.Benchmarks;

/// <summary>The trainer's own step of MoCo v2 on a batch that is ready: ResNet-18 with the stem for small images, 4096 keys.</summary>
internal sealed class MoCoStep(string precision, bool channelsLast, int batchSize, int side) : IStep
{
    private readonly TrainerStep _step = new(
        $$"""
        data: {name: shapes, count: 1024, testCount: 32, size: {{side}}}
        method: {name: moco-v2, queueSize: 4096}
        backbone: {name: resnet18, stem: cifar}
        optimizer: {name: sgd, baseLearningRate: 0.03}
        trainer: {batchSize: {{batchSize}}, threads: {{torch.get_num_threads()}}, workers: 1, device: cpu, precision: {{precision}},
          channelsLast: {{(channelsLast ? "true" : "false")}}}
        """,
        batchSize, side, side);

    public double Step() => _step.Step();

    public void Dispose() => _step.Dispose();
}
