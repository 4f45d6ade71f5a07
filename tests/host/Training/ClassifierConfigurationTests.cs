using Parallax.Contracts;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class ClassifierConfigurationTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(100, 100, 1)]
    [InlineData(512, 512, 2)]
    [InlineData(1021, 1020, 4)]      // a prime number: its only parts are single images
    [InlineData(9469, 9435, 37)]     // 17 times 557
    [InlineData(50_000, 16_384, 64)]
    public void Of_BatchThatDoesNotFitAtOnce_HasPartsAsLargeAsTheyCanBe(long images, int batch, int parts)
    {
        var training = new ClassifierTraining(Epochs: 1, BatchSize: 16_384, BaseLearningRate: 0.1);

        var trainer = ClassifierConfiguration.Of(_bench.Configuration(), training, images, microBatch: 4).Trainer;

        Assert.Equal((batch, parts), (trainer.BatchSize, trainer.Accumulation));
        Assert.Equal(0, batch % parts);
    }
}
