using Microsoft.Extensions.DependencyInjection;

namespace Parallax.Host.Cli;

/// <summary>A service that is made when first used.</summary>
internal sealed class LazyService<T>(IServiceProvider services) : Lazy<T>(services.GetRequiredService<T>)
    where T : notnull;
