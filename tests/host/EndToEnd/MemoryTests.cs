using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A training of days must not need more memory than one of minutes.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    /// <summary>What the collector and the allocator of the C library may still take after 100 steps. A tensor of this run's batches kept per step would be ten
    /// times that.</summary>
    private const long MostGrowth = 24L << 20;

    [Fact]
    public void Run_2000Steps_TensorsAndMemoryAreFlatAfterTheFirst100()
    {
        using var place = new Workplace();
        using var services = BuiltPlugins.Compose();
        var configuration = services.GetRequiredService<RecipeReader>().Read(
            place.Recipe, ["trainer.epochs=125", "trainer.batchSize=4", "trainer.clipGradNorm=1", "method.queueSize=32"]);
        using var session = services.GetRequiredService<SessionFactory>().Create(configuration);
        List<(long Tensors, long Bytes)> samples = [];
        void Sample(StepReport report)
        {
            if (report.Step % 100 == 0)
            {
                samples.Add((torch.Tensor.TotalCount, Environment.WorkingSet));
            }
        }

        new Trainer(session, new(Sample, _ => { }, _ => { }), TimeProvider.System).Run(CancellationToken.None);

        Assert.Equal(20, samples.Count);
        // fewer: what tests before this one left is finalized
        Assert.All(samples.Zip(samples.Skip(1)), pair => Assert.True(pair.Second.Tensors <= pair.First.Tensors, Describe(samples)));
        Assert.True(samples.Max(sample => sample.Bytes) - samples[0].Bytes < MostGrowth, Describe(samples));
    }

    private static string Describe(IEnumerable<(long Tensors, long Bytes)> samples) =>
        "Live tensors and MiB in use every 100 steps: " + string.Join(", ", samples.Select(sample => $"{sample.Tensors}/{sample.Bytes >> 20}"));
}
