using Parallax.Host.Tests.Training;
using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

[Collection(GeneratorCollection.Name)]
public sealed class FirstBatchTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 2)]   // the last image is left out
    [InlineData(7, 3)]
    public void Halves_OfABatch_AreAsLargeAndTogetherItsEvenPart(int size, int half)
    {
        using var scope = torch.NewDisposeScope();
        using var session = _bench.Session(TrainingBench.Method(), $"trainer.batchSize={size}");
        using var batch = new FirstBatch(session);

        var halves = batch.Halves;

        Assert.Equal(size, batch.Whole.Size);
        Assert.Equal([half, half], halves.Select(part => part.Size));
        Assert.Equal(batch.Whole.Indices.data<long>().Take(2 * half), halves.SelectMany(part => part.Indices.data<long>().ToArray()));
        Assert.Equal(batch.Whole.Indices.data<long>().Take(2 * half), batch.Even.Indices.data<long>());
    }

    [Fact]
    public void Run_HalvesOfAnOddBatch_GiveTheGradientsOfItsEvenPart()
    {
        using var scope = torch.NewDisposeScope();
        using var session = _bench.Session(TrainingBench.Method(), "trainer.batchSize=5");
        using var batch = new FirstBatch(session);

        using var even = batch.Run([batch.Even]);
        using var halves = batch.Run(batch.Halves);

        Assert.NotEmpty(even.Gradients);
        Assert.Equal(even.Loss, halves.Loss, tolerance: 1e-6 * (1 + Math.Abs(even.Loss)));
        Assert.InRange(GradientDifference.Of(even.Gradients, halves.Gradients).Together, 0, 1e-5);
    }
}
