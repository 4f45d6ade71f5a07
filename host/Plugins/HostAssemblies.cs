using System.Reflection;

namespace Parallax.Host.Plugins;

/// <summary>The assemblies that the host brings along.</summary>
/// <remarks>A type is the same on both sides of the load boundary only when its assembly is loaded once: what crosses is always the host's copy.</remarks>
internal sealed class HostAssemblies
{
    /// <summary>Name of the contracts assembly.</summary>
    public static readonly string ContractsName = ContractsVersionName.Name!;

    /// <summary>Assemblies that plugins always share with the host: what crosses the boundary, and what TorchSharp brings along.</summary>
    public static readonly IReadOnlySet<string> SharedNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        ContractsName,
        "Parallax.Torch",
        "TorchSharp",
        "Google.Protobuf",
        "ICSharpCode.SharpZipLib",
        "SkiaSharp",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
    };

    private readonly Dictionary<string, string> _files = TrustedAssemblies()
        .DistinctBy(Path.GetFileNameWithoutExtension)   // the core library is listed twice
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => file, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, Version?> _versions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Version of the contracts that the host implements.</summary>
    public static Version ContractsVersion => ContractsVersionName.Version!;

    private static AssemblyName ContractsVersionName => typeof(PluginAttribute).Assembly.GetName();

    /// <summary>Whether plugins use the host's copy even when they bring their own.</summary>
    public static bool IsShared(string name) => SharedNames.Contains(name);

    /// <summary>Version of one of the host's assemblies; null when the host has none of that name.</summary>
    public Version? VersionOf(string name)
    {
        if (!_versions.TryGetValue(name, out var version))
        {
            version = _files.TryGetValue(name, out var file) ? AssemblyName.GetAssemblyName(file).Version : null;
            _versions[name] = version;
        }

        return version;
    }

    private static string[] TrustedAssemblies() =>
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
