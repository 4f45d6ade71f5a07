using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Plugins;
using Parallax.Host.Terminal;
using Parallax.Host.Training;
using Parallax.Tests;

namespace Parallax.Ranks;

/// <summary>Trains all discovered methods, each in a world of its own, and writes what tests compare: <c>FOLDER/METHOD.safetensors</c>, or
/// <c>FOLDER/METHOD.txt</c> with the fault.</summary>
internal static class RankRun
{
    /// <summary>A batch that one, two, three and six processes can share.</summary>
    private const int BatchSize = 12;

    /// <summary>Options that a method may have, with values that fit this tiny run: queues hold whole batches, clusters are fewer than images (several would be
    /// the same, and rounding would choose among them), heads are narrow, and nothing waits for a later epoch.</summary>
    private static readonly (string Option, object Value)[] Sizes =
    [
        ("MaskPatchSize", 8), ("SquareSide", 16), ("VocabularySize", 16), ("MinBlockPatches", 2),
        ("QueueSize", 128 * BatchSize), ("Hardest", 64), ("Prototypes", 16), ("Clusters", 16), ("PcaDim", 8),
        ("HiddenDim", 64), ("Outputs", 64), ("DecoderDim", 32), ("ProjectionDim", 32), ("PredictorDim", 64), ("PredictorHiddenDim", 64), ("BottleneckDim", 32),
        ("PredictorDepth", 2), ("PredictorHeads", 4), ("MinContextPatches", 4),
        ("DecoderWidth", 32), ("DecoderDepth", 1), ("DecoderHeads", 4),
        ("Places", 16), ("MaskSide", 14), ("PoolSide", 4),
        ("TextWidth", 32), ("TextDepth", 2), ("TextHeads", 4),
        ("WarmupEpochs", 0), ("NeighbourWarmupEpochs", 0), ("QueueStartEpoch", 0), ("FreezePrototypesSteps", 0), ("FreezeLastLayerEpochs", 0),
        ("FeatureDecoderDepth", 1),
        ("ContextDim", 32), ("ContextBlocks", 2), ("UnitDim", 16),
        ("EmbeddingDim", 32), ("Permutations", 24), ("ViewsPerImage", 3), ("Dropout", 0),   // each process drops other values
        ("BankStart", "forward-pass"),
        ("ProximalWeight", 1),   // with its default of 30, steps are so large that rounding spreads
    ];

    // More steps than an epoch has, so that work between epochs is part of it; plain SGD with a small rate, which does not amplify rounding.
    private static string Recipe(PluginDescriptor method) => $$"""
        {{SmallData.For(method.Name, method.Family, 24, 12)}}
        backbone: {{SmallBackbones.For(method.BackboneType, method.Name, method.Family)}}
        optimizer: {name: sgd, baseLearningRate: 0.00003, scaleLearningRate: none, momentum: 0, weightDecay: 0}
        schedule: {name: constant}
        trainer: {epochs: 2, maxSteps: 3, batchSize: 12, threads: 1, workers: 1, seed: 7, logEverySteps: 1, device: cpu}
        evaluation: {batchSize: 8}
        """;

    public static int OfAllMethods(string plugins, string folder, IReadOnlyList<string> done)
    {
        using var services = Compose(plugins);
        var world = World.Join(ProcessEnvironment.Read(), torch.CPU);
        var own = Directory.CreateDirectory(Path.Combine(folder, $"{world.Count}-{world.Rank}"));
        var catalog = services.GetRequiredService<PluginCatalog>();
        var runs = catalog.Of(PluginKind.Method).Select(method => (method.Name, Method: method, Variant: default(MethodVariant)))
            .Concat(MethodVariant.All.Select(variant => (variant.Name, catalog.Get(PluginKind.Method, variant.Method), (MethodVariant?)variant)));
        foreach (var (name, method, variant) in runs.Where(run => !done.Contains(run.Name)))
        {
            try
            {
                Train(services, method, variant, world, Path.Combine(own.FullName, name + ".safetensors"));
            }
#pragma warning disable CA1031 // the test of the method says what went wrong
            catch (Exception fault)
#pragma warning restore CA1031
            {
                File.WriteAllText(Path.Combine(own.FullName, name + ".txt"), fault.ToString());

                return 1;   // where the others are is unknown: mpirun ends them
            }
        }

        world.Leave();

        return 0;
    }

    private static void Train(ServiceProvider services, PluginDescriptor method, MethodVariant? variant, World world, string file)
    {
        using var scope = torch.NewDisposeScope();
        using var session = services.GetRequiredService<SessionFactory>().Create(Configuration(services, method, variant, world.Count == 3), world);
        var losses = new List<double>();
        var kept = new Dictionary<string, Tensor>();
        var start = session.Experiment.Module.state_dict().Where(pair => pair.Value.is_floating_point())
            .ToDictionary(pair => pair.Key, pair => pair.Value.clone());

        new Trainer(session, TrainerCallbacks.None with
        {
            OnStep = report =>
            {
                losses.Add(report.Loss);
                if (report.Step == 1)
                {
                    foreach (var (name, parameter) in session.Experiment.Module.named_parameters().Where(p => p.parameter.grad is not null))
                    {
                        kept["gradient." + name] = parameter.grad!.clone();
                    }
                }
            },
        }, TimeProvider.System).Run(CancellationToken.None);

        kept["losses"] = torch.tensor(losses.ToArray());
        foreach (var (name, tensor) in session.Experiment.Module.state_dict())
        {
            kept["state." + name] = tensor;
            if (tensor.is_floating_point())
            {
                kept["moved." + name] = tensor - start[name];   // steps are small: in the state itself they would drown
            }
        }

        using var stream = File.Create(file);
        SafeTensors.Write(stream, kept);
    }

    private static ResolvedConfiguration Configuration(ServiceProvider services, PluginDescriptor method, MethodVariant? variant, bool overlaps)
    {
        List<string> ofVariant = variant is null ? [] : [$"method.{variant.Option}={variant.Value}"];
        List<string> overrides = [$"method.name={method.Name}", $"trainer.overlapGradients={(overlaps ? "true" : "false")}", .. Sizes
            .Where(size => method.OptionsType?.GetProperty(size.Option) is not null)
            .Select(size => $"method.{JsonNamingPolicy.CamelCase.ConvertName(size.Option)}={size.Value}"), .. ofVariant];

        return services.GetRequiredService<RecipeReader>().ReadText(Recipe(method), "the recipe of the ranks", overrides);
    }

    private static ServiceProvider Compose(string plugins) => Composition.Create(CliOutput.Silent, new([plugins], PluginFolders.Default([]).Asked));
}
