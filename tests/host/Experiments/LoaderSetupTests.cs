using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;
using Parallax.Host.Tests.Data;
using Parallax.Host.Training;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Experiments;

/// <summary>From the recipe to the loader, and from the loader to the method.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class LoaderSetupTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void ForTraining_Keys_ReachTheLoader()
    {
        var configuration = _bench.Configuration(
            "trainer.batchSize=12", "trainer.accumulation=3", "trainer.seed=21", "trainer.epochs=5", "trainer.workers=3", "data.decodeSmaller=false",
            "data.onError=stop");

        var settings = LoaderSetup.ForTraining(configuration, World.Alone);

        Assert.Equal((4, 21L, 5L, 3), (settings.BatchSize, settings.Seed, settings.Epochs, settings.Workers));
        Assert.Equal((false, ErrorPolicy.Stop, true), (settings.DecodeSmaller, settings.OnError, settings.DropLast));
        Assert.Equal((1, 0), (settings.Processes, settings.Process));
    }

    [Fact]
    public void ForEvaluation_Keys_ReachTheLoader()
    {
        var settings = LoaderSetup.ForEvaluation(_bench.Configuration("evaluation.batchSize=7", "trainer.workers=2", "data.onError=stop"), World.Alone);

        Assert.Equal((7, 2, ErrorPolicy.Stop), (settings.BatchSize, settings.Workers, settings.OnError));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void ToDevice_Batch_HasTheViewsIndicesAndLabelsOfTheLoader(bool channelsLast, bool hasLabels)
    {
        var placement = new Placement(_bench.Configuration($"trainer.channelsLast={(channelsLast ? "true" : "false")}").Trainer);
        using var loader = new BatchLoader(new FakeDataset(5), [[new AddNoise()], [new TakeCorner(2), new AddNoise()]], new(3) { Seed = 3 },
            NullLogger.Instance);
        using var batches = loader.Epoch(0).GetEnumerator();   // open: a batch that is given back is filled anew
        batches.MoveNext();
        var expected = batches.Current;

        var batch = placement.ToDevice(expected, hasLabels);

        Assert.Equal(3, batch.Size);
        Assert.Equal(expected.Indices.ToArray(), batch.Indices.data<long>());
        Assert.Equal(hasLabels ? expected.Labels.ToArray() : null, batch.Labels?.data<long>().ToArray());
        Assert.Equal([[3, 3, 4, 4], [3L, 3, 2, 2]], batch.Views.Select(view => view.shape));
        for (var view = 0; view < 2; view++)
        {
            Assert.Equal(expected.Pixels(view), batch.Views[view].contiguous().data<float>());
            Assert.Equal(channelsLast ? 1 : batch.Views[view].shape[2] * batch.Views[view].shape[3], batch.Views[view].stride()[1]);   // between two channels
        }
    }
}
