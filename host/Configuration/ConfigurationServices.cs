using Microsoft.Extensions.DependencyInjection;

namespace Parallax.Host.Configuration;

/// <summary>Registers what reads recipes.</summary>
public static class ConfigurationServices
{
    /// <summary>Adds <see cref="RecipeReader"/>.</summary>
    public static IServiceCollection AddParallaxConfiguration(this IServiceCollection services) => services.AddSingleton<RecipeReader>();
}
