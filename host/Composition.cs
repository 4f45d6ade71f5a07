using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parallax.Host.Cli;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Demo;
using Parallax.Host.Embeddings;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Host.Leaderboards;
using Parallax.Host.Packages;
using Parallax.Host.Packing;
using Parallax.Host.Planning;
using Parallax.Host.Processes;
using Parallax.Host.Reports;
using Parallax.Host.Surveys;
using Parallax.Host.Tracking;
using Parallax.Host.Training;
using Parallax.Host.Verification;

namespace Parallax.Host;

/// <summary>Puts the program together: every service, in the order of the folders, each of which uses only what stands above it.</summary>
internal static class Composition
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="output">Where to print.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliOutput output)
    {
        using var services = Create(output);

        return await services.GetRequiredService<CommandLineApplication>().RunAsync(arguments);
    }

    /// <summary>The services.</summary>
    /// <param name="output">Where to print.</param>
    /// <param name="plugins">Where plugins are looked for; null: where the command line says.</param>
    public static ServiceProvider Create(CliOutput output, PluginFolders? plugins = null) =>
        AddCommands(AddServices(new ServiceCollection(), output, plugins)).BuildServiceProvider();

    private static IServiceCollection AddServices(IServiceCollection services, CliOutput output, PluginFolders? plugins) => services

        // Terminal and processes
        .AddSingleton(output)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<StopSignals>()
        .AddSingleton<GlobalOptions>()
        .AddSingleton<ILoggerProvider, CliLogger>()
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug))   // which of them are shown, CliLogger says

        // Plugins and recipes
        .AddSingleton(provider => plugins ?? provider.GetRequiredService<GlobalOptions>().PluginFolders)
        .AddSingleton(provider => PluginCatalog.Discover(provider.GetRequiredService<PluginFolders>()))
        .AddSingleton<PluginFactory>()
        .AddSingleton<PluginPackages>()
        .AddSingleton<RecipeReader>()

        // Tracking
        .AddSingleton(provider => new RetryPolicy(provider.GetRequiredService<TimeProvider>(), Random.Shared.NextDouble))
        .AddSingleton(provider => new TrackingStores(
            Environment.GetEnvironmentVariable, provider.GetRequiredService<TimeProvider>(),
            () => Environment.GetEnvironmentVariables().Keys.Cast<string>()))
        .AddSingleton<Trackers>()

        // Experiments, their evaluation and their training
        .AddSingleton<IImageDecoder, ImageDecoder>()
        .AddSingleton<IPackedImages, PackedImages>()
        .AddSingleton<DatasetSearch>()
        .AddSingleton<ExperimentFactory>()
        .AddSingleton<IClassifierTrainer, ClassifierTrainer>()
        .AddSingleton<EvaluationService>()
        .AddSingleton<BackboneExport>()
        .AddSingleton<ModelExport>()
        .AddSingleton<ConsoleProgress>()
        .AddSingleton<DataReport>()
        .AddSingleton<SessionFactory>()
        .AddSingleton<MachineTuning>()
        .AddSingleton<RunModel>()
        .AddSingleton<PretrainingRun>()
        .AddSingleton<LocalLaunch>()
        .AddSingleton<EmbeddingRun>()
        .AddSingleton<ReplayRun>()
        .AddSingleton<DemoRun>()
        .AddSingleton<RowMeasurement>()
        .AddSingleton<ScalingFits>()
        .AddSingleton<LeaderboardRun>()
        .AddSingleton<RecipeVerification>()
        .AddSingleton<RunPlanner>()

        // Reports
        .AddSingleton<RunCollection>()
        .AddSingleton<FeatureStudies>()
        .AddSingleton<RunReport>();

    // In the order of the help.
    private static IServiceCollection AddCommands(IServiceCollection services) => services
        .AddTransient(typeof(Lazy<>), typeof(LazyService<>))
        .AddSingleton<ICliCommand, InitCommand>()
        .AddSingleton<ICliCommand, TrainCommand>()
        .AddSingleton<ICliCommand, WatchCommand>()
        .AddSingleton<ICliCommand, ReplayCommand>()
        .AddSingleton<ICliCommand, EvaluateCommand>()
        .AddSingleton<ICliCommand, EmbedCommand>()
        .AddSingleton<ICliCommand, NeighboursCommand>()
        .AddSingleton<ICliCommand, DuplicatesCommand>()
        .AddSingleton<ICliCommand, ExportCommand>()
        .AddSingleton<ICliCommand, PlanCommand>()
        .AddSingleton<ICliCommand, VerifyCommand>()
        .AddSingleton<ICliCommand, DemoCommand>()
        .AddSingleton<ICliCommand, LeaderboardCommand>()
        .AddSingleton<ICliCommand, PackCommand>()
        .AddSingleton<ICliCommand, ListCommand>()
        .AddSingleton<ICliCommand, DescribeCommand>()
        .AddSingleton<ICliCommand, DoctorCommand>()
        .AddSingleton<ICliCommand, NewCommand>()
        .AddSingleton<ICliCommand, PluginsCommand>()
        .AddSingleton<ICliCommand, RunsCommand>()
        .AddSingleton<ICliCommand, ReportCommand>()
        .AddSingleton<ICliCommand, CompletionCommand>()
        .AddSingleton<ICliCommand, CompleteCommand>()
        .AddSingleton<CrashReport>()
        .AddSingleton<CommandLineApplication>();

    /// <summary>A service that is made when first used: help and parsing need none of them.</summary>
    private sealed class LazyService<T>(IServiceProvider services) : Lazy<T>(services.GetRequiredService<T>)
        where T : notnull;
}
