using Microsoft.Extensions.DependencyInjection;
using Parallax.Host;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Plugins;
using Parallax.Host.Terminal;
using Parallax.Host.Training;

namespace Parallax.Benchmarks;

/// <summary>Training sessions as the command line builds them, over the built plugin folders.</summary>
internal static class BenchmarkHost
{
    /// <summary>The folder of everything built.</summary>
    public static string Artifacts => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.FullName;

    /// <summary>A session of a recipe, without tracking.</summary>
    public static TrainingSession Session(string recipe)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var plugins = Path.Combine(folder.Parent!.Parent!.FullName, "Parallax.Host", folder.Name, "plugins");
        var provider = Composition.Create(CliOutput.Silent, new([plugins], []));

        return provider.GetRequiredService<SessionFactory>().Create(provider.GetRequiredService<RecipeReader>().ReadText(recipe, "the benchmark's recipe", []));
    }

    /// <summary>The same batch of noise again and again: what the loader would give, without its work.</summary>
    public static IEnumerator<HostBatch> Noise(int size, params ViewShape[] views)
    {
        var batch = new HostBatch(size, views) { Size = size };
        var random = new Contracts.CounterRandom(1, 0, 0, 0);
        foreach (var view in batch.Views)
        {
            foreach (ref var pixel in view.Pixels)
            {
                pixel = (float)random.NextDouble();
            }
        }

        while (true)
        {
            yield return batch;
        }
    }
}
