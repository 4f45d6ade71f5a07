using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Plugins;

/// <summary>Creates plugins. A constructor takes what it needs by type: from the instances given for this creation, else from the host's services.</summary>
/// <param name="services">The host's services.</param>
/// <param name="loggers">Makes the logger of each plugin, under its name.</param>
public sealed class PluginFactory(IServiceProvider services, ILoggerFactory loggers)
{
    /// <summary>Creates a plugin.</summary>
    /// <typeparam name="T">The contract.</typeparam>
    /// <param name="plugin">Which.</param>
    /// <param name="instances">What the constructor may take beside services, each by its type: options record, run information, backbone. Unused ones are
    /// fine.</param>
    /// <exception cref="ConfigurationException">The assembly cannot be loaded, or the constructor asks for something nobody has.</exception>
    public T Create<T>(PluginDescriptor plugin, params IReadOnlyList<object> instances)
        where T : class
    {
        var scope = new Overlay(services, [.. instances, loggers.CreateLogger(plugin.Name)]);
        var constructors = plugin.Type.GetConstructors();
        if (constructors.Length != 1)
        {
            throw new ConfigurationException(
                $"The {plugin.Kind.Noun()} '{plugin.Name}' ({plugin.TypeName}) has {constructors.Length} public constructors. Give it exactly one.");
        }

        string[] unknown =
        [
            .. from parameter in constructors[0].GetParameters()
               where !parameter.HasDefaultValue && scope.GetService(parameter.ParameterType) is null
               select $"{parameter.ParameterType.Name} {parameter.Name}",
        ];
        if (unknown.Length > 0)
        {
            throw new ConfigurationException(
                $"The constructor of the {plugin.Kind.Noun()} '{plugin.Name}' ({plugin.TypeName}) asks for {string.Join(", ", unknown)}, which this host "
                    + $"does not give to a {plugin.Kind.Noun()}. "
                + $"It gives: {string.Join(", ", scope.Names.Order(StringComparer.Ordinal))}, and its registered services.");
        }

        return (T)ActivatorUtilities.CreateInstance(scope, plugin.Type);
    }

    /// <summary>The given instances by type, then the host's services.</summary>
    private sealed class Overlay(IServiceProvider inner, IReadOnlyList<object> instances) : IServiceProvider
    {
        public IEnumerable<string> Names => instances.Select(instance => instance is ILogger ? nameof(ILogger) : instance.GetType().Name);

        public object? GetService(Type serviceType) => instances.FirstOrDefault(serviceType.IsInstanceOfType) ?? inner.GetService(serviceType);
    }
}
