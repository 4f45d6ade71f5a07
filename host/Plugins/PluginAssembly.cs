using System.Reflection;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;

namespace Parallax.Host.Plugins;

/// <summary>One assembly with plugins. It is loaded when a class of it is first asked for, in a context of its own: its dependencies never meet those of other
/// plugins.</summary>
/// <remarks>
/// What crosses the boundary is the host's: the loader would give a plugin a private copy of contracts that are newer than the host's, and its classes would
/// then be strangers. <see cref="PluginDiscovery"/> therefore rejects such a plugin before anything is loaded. Hot reload stays off: a faulty plugin could end
/// the host.
/// </remarks>
internal sealed class PluginAssembly(string file)
{
    private readonly Lazy<AssemblyDependencyResolver> _resolver = new(() => new(file));
    private readonly Lazy<PluginLoader> _loader = new(() => PluginLoader.CreateFromAssemblyFile(file, Configure));

    /// <summary>Full path.</summary>
    public string File => file;

    /// <summary>Finds a dependency: beside the assembly, or where its .deps.json says; null when it is the host's or nowhere.</summary>
    public string? FindFile(AssemblyName name)
    {
        var beside = Path.Combine(Path.GetDirectoryName(file)!, $"{name.Name}.dll");

        return System.IO.File.Exists(beside) ? beside : _resolver.Value.ResolveAssemblyToPath(name);
    }

    /// <summary>Loads a class of the assembly.</summary>
    /// <exception cref="ConfigurationException">The assembly or the class cannot be loaded.</exception>
    public Type LoadType(PluginDescriptor plugin, string serializedName)
    {
        try
        {
            var assembly = _loader.Value.LoadDefaultAssembly();

            return Type.GetType(serializedName, name => _loader.Value.LoadAssembly(name), (_, name, _) => assembly.GetType(name), throwOnError: false)
                ?? assembly.GetType(serializedName, throwOnError: true)!;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"The {plugin.Kind.Noun()} '{plugin.Name}' cannot be loaded from {plugin.File}: {e.Message} Build it again against contracts "
                    + $"{HostAssemblies.ContractsVersion}.");
        }
    }

    private static void Configure(PluginConfig config)
    {
        config.IsLazyLoaded = true;   // otherwise everything that the shared assemblies refer to is loaded at once
        config.EnableHotReload = false;
        foreach (var name in HostAssemblies.SharedNames)
        {
            config.SharedAssemblies.Add(new AssemblyName(name));
        }
    }
}
