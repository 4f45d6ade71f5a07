using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Parallax.Host.Tracking;

/// <summary>Puts tracking into the composition of the host.</summary>
internal static class TrackingServices
{
    /// <summary>Registers <see cref="Trackers"/>, which opens what a recipe names.</summary>
    public static IServiceCollection AddParallaxTracking(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(p => new RetryPolicy(p.GetRequiredService<TimeProvider>(), Random.Shared.NextDouble));
        services.TryAddSingleton(p => new TrackingStores(
            Environment.GetEnvironmentVariable, p.GetRequiredService<TimeProvider>(), () => Environment.GetEnvironmentVariables().Keys.Cast<string>()));
        services.TryAddSingleton<Trackers>();
        return services;
    }
}
