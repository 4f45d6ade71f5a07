using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary>Puts the program together, area by area.</summary>
public static class CliServices
{
    /// <summary>Adds everything the commands need.</summary>
    public static IServiceCollection AddParallax(this IServiceCollection services, CliOutput output) => services
        .AddSingleton(output)
        .AddSingleton(TimeProvider.System)
        .AddParallaxPlugins()
        .AddParallaxConfiguration()
        .AddParallaxTracking()
        .AddParallaxTraining()
        .AddParallaxCommandLine();

    private static IServiceCollection AddParallaxCommandLine(this IServiceCollection services) => services
        .AddTransient(typeof(Lazy<>), typeof(LazyService<>))
        .AddSingleton<GlobalOptions>()
        .AddSingleton(provider => provider.GetRequiredService<GlobalOptions>().PluginFolders)
        .AddSingleton<CrashReport>()
        .AddSingleton<CommandLineApplication>()
        .AddSingleton<ILoggerProvider, CliLogger>()
        .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug))   // which of them are shown, CliLogger says
        .AddSingleton<ICliCommand, ListCommand>()
        .AddSingleton<ICliCommand, DescribeCommand>()
        .AddSingleton<ICliCommand, DoctorCommand>()
        .AddSingleton<ICliCommand, NewCommand>()
        .AddSingleton<ICliCommand, RunsCommand>();
}
