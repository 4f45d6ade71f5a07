using System.Reflection;
using System.Runtime.Loader;

namespace Parallax.Host.Plugins;

/// <summary>Loads the assemblies of one plugin folder, apart from those of other folders. What crosses the boundary comes from the host.</summary>
internal sealed class PluginLoadContext(string folder) : AssemblyLoadContext(folder)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AssemblyDependencyResolver> _resolvers = [];

    /// <summary>Finds a dependency of one of the folder's plugins: beside it, or where its .deps.json says; null when it is the host's or nowhere.</summary>
    public string? FindFile(string pluginFile, AssemblyName name)
    {
        var beside = Path.Combine(Name!, $"{name.Name}.dll");

        return File.Exists(beside) ? beside : Resolver(pluginFile).ResolveAssemblyToPath(name);
    }

    /// <summary>Loads a class of a plugin.</summary>
    /// <exception cref="ConfigurationException">The assembly or the class cannot be loaded.</exception>
    public Type LoadType(PluginDescriptor plugin, string serializedName)
    {
        Resolver(plugin.File);
        try
        {
            var assembly = LoadFromAssemblyPath(plugin.File);

            return Type.GetType(serializedName, LoadFromAssemblyName, (_, name, _) => assembly.GetType(name), throwOnError: false)
                ?? assembly.GetType(serializedName, throwOnError: true)!;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"The {plugin.Kind.Noun()} '{plugin.Name}' cannot be loaded from {plugin.File}: {e.Message} Build it again against contracts {HostAssemblies.ContractsVersion}.");
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (HostAssemblies.IsShared(assemblyName.Name!))
        {
            return null;   // the default context has it
        }

        var file = Known().Select(plugin => FindFile(plugin, assemblyName)).FirstOrDefault(found => found is not null);

        return file is null ? null : LoadFromAssemblyPath(file);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var file = Known().Select(plugin => Resolver(plugin).ResolveUnmanagedDllToPath(unmanagedDllName)).FirstOrDefault(found => found is not null);

        return file is null ? 0 : LoadUnmanagedDllFromPath(file);
    }

    private string[] Known()
    {
        lock (_gate)
        {
            return [.. _resolvers.Keys];
        }
    }

    private AssemblyDependencyResolver Resolver(string pluginFile)
    {
        lock (_gate)
        {
            if (!_resolvers.TryGetValue(pluginFile, out var resolver))
            {
                _resolvers[pluginFile] = resolver = new(pluginFile);
            }

            return resolver;
        }
    }
}
