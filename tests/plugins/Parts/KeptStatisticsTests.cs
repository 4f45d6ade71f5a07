using Parallax.Plugins.Parts;
using TorchSharp.Modules;

namespace Parallax.Plugins.Tests.Parts;

public sealed class KeptStatisticsTests
{
    private const int Channels = 3;

    [Fact]
    public void Call_WhileItLives_NormalisesByTheBatchAndKeepsTheRunningStatistics()
    {
        var (module, reference, images) = (Norms(), Norms(), Tensors.Normal(1, 6, Channels, 2, 2));
        module.call(Tensors.Normal(2, 6, Channels, 2, 2));
        var before = Statistics(module);

        using (new KeptStatistics(module))
        {
            Tensors.AssertClose(reference.call(images), module.call(images));
        }

        Assert.Equal(4, before.Count);
        Assert.Equal(before, Statistics(module));
    }

    [Fact]
    public void Call_Afterwards_UpdatesTheRunningStatistics()
    {
        var (module, reference, images) = (Norms(), Norms(), Tensors.Normal(1, 6, Channels, 2, 2));

        new KeptStatistics(module).Dispose();
        module.call(images);
        reference.call(images);

        Assert.Equal(Statistics(reference), Statistics(module));
        Assert.All(Statistics(module), pair => Assert.Contains(pair.Value, value => value is not (0 or 1)));
    }

    /// <summary>Whoever adds a normalisation of its own must name it in <see cref="KeptStatistics"/>.</summary>
    [Fact]
    public void Parts_ModulesWithRunningStatistics_AreKnown() => Assert.Equal(
        [typeof(SplitBatchNorm2d)],
        new[] { typeof(KeptStatistics).Assembly, typeof(Plugins.Backbones.NormKind).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.GetField("running_mean", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic) is not null));

    private static Sequential Norms() => Sequential(new SplitBatchNorm2d(Channels, groups: 3), BatchNorm2d(Channels));

    private static Dictionary<string, float[]> Statistics(Module module) => module.named_buffers()
        .Where(named => named.name.Contains("running_", StringComparison.Ordinal)).ToDictionary(named => named.name, named => Tensors.Values(named.buffer));
}
