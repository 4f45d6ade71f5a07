using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Parallax.Host.Plugins;

/// <summary>References and plugin classes of an assembly, read without loading it.</summary>
/// <param name="References">Assemblies it refers to.</param>
/// <param name="Plugins">Classes with <see cref="PluginAttribute"/>.</param>
internal sealed record AssemblyMetadata(IReadOnlyList<AssemblyName> References, IReadOnlyList<PluginMetadata> Plugins)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static AssemblyMetadata Read(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        if (!image.HasMetadata)
        {
            throw new BadImageFormatException("It has no .NET metadata.");
        }

        var reader = image.GetMetadataReader();
        if (!reader.IsAssembly)
        {
            throw new BadImageFormatException("It is a module, not an assembly.");
        }

        AssemblyName[] references = [.. reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle).GetAssemblyName())];
        PluginMetadata[] plugins = references.Any(reference => reference.Name == HostAssemblies.ContractsName)
            ? [.. new PluginClassReader(reader).ReadAll()]
            : [];

        return new(references, plugins);
    }
}
