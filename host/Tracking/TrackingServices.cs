using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>Puts tracking into the composition of the host.</summary>
internal static class TrackingServices
{
    /// <summary>
    /// Registers <see cref="Trackers"/>, which opens what a recipe names, and an <see cref="ITrackerFactory"/> for programs without a recipe:
    /// it follows <see cref="TrackingSettings"/> and MLflow's environment variables.
    /// </summary>
    public static IServiceCollection AddParallaxTracking(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TrackingSettings>();
        services.TryAddSingleton(p => new RetryPolicy(p.GetRequiredService<TimeProvider>(), Random.Shared.NextDouble));
        services.TryAddSingleton(p => new TrackingStores(
            Environment.GetEnvironmentVariable, p.GetRequiredService<TimeProvider>(), () => Environment.GetEnvironmentVariables().Keys.Cast<string>()));
        services.TryAddSingleton<Trackers>();
        services.TryAddSingleton<ITrackerFactory>(p => new TrackerFactory(
            p.GetRequiredService<TrackingSettings>(), p.GetRequiredService<TrackingStores>(), p.GetRequiredService<RetryPolicy>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
