using Microsoft.Extensions.DependencyInjection;

namespace Parallax.Host.Plugins;

/// <summary>Registers discovery and creation of plugins.</summary>
public static class PluginServices
{
    /// <summary>Adds <see cref="PluginCatalog"/> (found when first asked for) and <see cref="PluginFactory"/>.</summary>
    public static IServiceCollection AddParallaxPlugins(this IServiceCollection services, PluginFolders folders) => services
        .AddSingleton(_ => PluginCatalog.Discover(folders))
        .AddSingleton<PluginFactory>();
}
