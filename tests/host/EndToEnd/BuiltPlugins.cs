using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Cli;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>The host's composition in this process, with the plugins that are built beside the program.</summary>
internal static class BuiltPlugins
{
    public static ServiceProvider Compose() => new ServiceCollection()
        .AddLogging()
        .AddParallax(new CliOutput(TextWriter.Null, TextWriter.Null, isTerminal: false))
        .AddSingleton(new PluginFolders([RepositoryFiles.Plugins], []))
        .BuildServiceProvider();
}
