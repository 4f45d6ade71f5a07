using Microsoft.Extensions.DependencyInjection;

namespace Parallax.Host.Plugins;

/// <summary>Registers discovery and creation of plugins.</summary>
public static class PluginServices
{
    /// <summary>Adds <see cref="PluginCatalog"/> (found when first asked for, in the registered <see cref="PluginFolders"/>) and <see cref="PluginFactory"/>.</summary>
    public static IServiceCollection AddParallaxPlugins(this IServiceCollection services) => services
        .AddSingleton(provider => PluginCatalog.Discover(provider.GetRequiredService<PluginFolders>()))
        .AddSingleton<PluginFactory>();
}
