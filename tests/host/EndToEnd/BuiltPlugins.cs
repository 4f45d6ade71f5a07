using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>The host's composition in this process, with the plugins that are built beside the program.</summary>
internal static class BuiltPlugins
{
    public static ServiceProvider Compose() => Composition.Create(CliOutput.Silent, new([RepositoryFiles.Plugins], []));
}
