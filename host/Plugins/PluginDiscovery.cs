namespace Parallax.Host.Plugins;

/// <summary>Looks through the plugin folders. Reads metadata only; no plugin code is loaded or run.</summary>
internal sealed class PluginDiscovery
{
    private readonly HostAssemblies _host = new();
    private readonly List<PluginDescriptor> _found = [];
    private readonly List<RejectedPlugin> _rejected = [];

    /// <summary>Everything found and everything rejected, with the reason.</summary>
    public static PluginCatalog Run(PluginFolders folders)
    {
        var discovery = new PluginDiscovery();
        foreach (var folder in folders.Expand(discovery._rejected))
        {
            discovery.Scan(folder);
        }

        discovery.RejectDuplicates();

        return new(folders, discovery._found, discovery._rejected);
    }

    private void Scan(string folder)
    {
        var before = _found.Count + _rejected.Count;
        foreach (var file in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            ScanFile(file);
        }

        if (_found.Count + _rejected.Count == before)
        {
            _rejected.Add(new(folder, "No class with [Plugin] is in this folder. Put the built plugin and what it depends on directly into it."));
        }
    }

    private void ScanFile(string file)
    {
        AssemblyMetadata assembly;
        try
        {
            assembly = AssemblyMetadata.Read(file);
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            _rejected.Add(new(file, $"This file cannot be read as a .NET assembly: {e.Message} Copy it again, or remove it."));
            return;
        }

        if (assembly.Plugins.Count == 0)
        {
            return;   // a library beside the plugins
        }

        var source = new PluginAssembly(file);
        var fault = ContractFault(assembly) ?? DependencyFault(source, assembly);
        foreach (var plugin in assembly.Plugins)
        {
            if ((fault ?? plugin.Fault) is { } reason)
            {
                _rejected.Add(new(file, reason) { Kind = plugin.Kind, Name = plugin.Name });
            }
            else
            {
                _found.Add(new(plugin, source));
            }
        }
    }

    private static string? ContractFault(AssemblyMetadata assembly)
    {
        var built = assembly.References.First(reference => reference.Name == HostAssemblies.ContractsName).Version!;
        var host = HostAssemblies.ContractsVersion;
        var fits = built.Major == host.Major && (host.Major == 0 ? built.Minor == host.Minor : built.Minor <= host.Minor);

        return fits ? null : $"It was built against contracts {built}, this host has {host}. Build it again against {host}.";
    }

    private string? DependencyFault(PluginAssembly source, AssemblyMetadata assembly)
    {
        var open = new Queue<(string By, AssemblyMetadata Assembly)>([(Path.GetFileName(source.File), assembly)]);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (open.TryDequeue(out var user))
        {
            foreach (var reference in user.Assembly.References.Where(reference => seen.Add(reference.Name!)))
            {
                var host = _host.VersionOf(reference.Name!);
                if (host is not null && (reference.Version is null || host >= reference.Version))
                {
                    continue;   // the host or the framework can serve it, whether or not the folder has its own copy
                }

                if (HostAssemblies.IsShared(reference.Name!) || source.FindFile(reference) is not { } found)
                {
                    var has = host is null ? "is neither in the folder nor in the host" : $"is {host} in the host, which is older, and not in the folder";
                    return $"A dependency is missing: {user.By} needs {reference.Name} {reference.Version}, which {has}. "
                        + "Copy it beside the plugin (dotnet publish collects everything).";
                }

                try
                {
                    open.Enqueue((Path.GetFileName(found), AssemblyMetadata.Read(found)));
                }
                catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
                {
                    return $"A dependency cannot be read: {found}: {e.Message} Copy it again.";
                }
            }
        }

        return null;
    }

    private void RejectDuplicates()
    {
        var duplicates = _found.GroupBy(plugin => (plugin.Kind, plugin.Name)).Where(group => group.Count() > 1).ToList();
        foreach (var group in duplicates)
        {
            var files = string.Join(" and ", group.Select(plugin => plugin.File).Distinct());
            foreach (var plugin in group)
            {
                _found.Remove(plugin);
                _rejected.Add(new(plugin.File, $"The {plugin.Kind.Noun()} name '{plugin.Name}' is declared more than once, in {files}. Rename or remove "
                    + "all but one.")
                {
                    Kind = plugin.Kind,
                    Name = plugin.Name,
                });
            }
        }
    }
}
