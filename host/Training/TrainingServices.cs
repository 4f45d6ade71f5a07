using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Cli;
using Parallax.Host.Data;
using Parallax.Host.Demo;
using Parallax.Host.Evaluation;
using Parallax.Host.Leaderboards;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Puts training and evaluation into the composition of the host.</summary>
internal static class TrainingServices
{
    public static IServiceCollection AddParallaxTraining(this IServiceCollection services) => services
        .AddSingleton<IImageDecoder, ImageFileDecoder>()
        .AddSingleton<SessionFactory>()
        .AddSingleton<DataAnnouncement>()
        .AddSingleton<EvaluationService>()
        .AddSingleton<StopSignals>()
        .AddSingleton<PretrainingRun>()
        .AddSingleton<LocalLaunch>()
        .AddSingleton<DemoRun>()
        .AddSingleton<LeaderboardRun>()
        .AddSingleton(provider => new ConsoleProgress(
            provider.GetRequiredService<CliOutput>().ErrorOut, provider.GetRequiredService<CliOutput>().IsTerminal, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ICliCommand, TrainCommand>()
        .AddSingleton<ICliCommand, EvaluateCommand>()
        .AddSingleton<ICliCommand, DemoCommand>()
        .AddSingleton<ICliCommand, LeaderboardCommand>();
}
