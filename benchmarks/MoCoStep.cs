namespace Parallax.Benchmarks;

/// <summary>The trainer's own step of MoCo v2 on a batch that is ready: ResNet-18 with the stem for small images, 4096 keys.</summary>
internal sealed class MoCoStep(string precision, bool channelsLast, int batchSize, int side) : MethodStep(
    """
    method: {name: moco-v2, queueSize: 4096}
    backbone: {name: resnet18, stem: cifar}
    optimizer: {name: sgd, baseLearningRate: 0.03}
    """, precision, channelsLast, batchSize, side);
