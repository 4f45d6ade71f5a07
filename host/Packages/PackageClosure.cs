using NuGet.Frameworks;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;

namespace Parallax.Host.Packages;

/// <summary>What a package needs beside the host: its dependencies and theirs, each in the lowest version that all of them take, as NuGet chooses.</summary>
/// <param name="feeds">Where dependencies come from.</param>
internal sealed class PackageClosure(PackageFeeds feeds) : IDisposable
{
    /// <summary>What assemblies must be made for, or for an older one.</summary>
    public static readonly NuGetFramework Framework = NuGetFramework.Parse("net10.0");

    private readonly HostAssemblies _host = new();
    private readonly Dictionary<string, PackageArchiveReader> _chosen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The packages beside the one that was asked about, disposed with this.</summary>
    public IEnumerable<PackageArchiveReader> Packages => _chosen.Values;

    /// <summary>Gets all that a package needs.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ConfigurationException">A dependency is nowhere, or two packages need versions of it that do not go together.</exception>
    public async Task AddAsync(PackageArchiveReader package, CancellationToken cancellation)
    {
        var open = new Queue<(string By, PackageDependency Needs)>(NeedsOf(package));
        while (open.TryDequeue(out var next))
        {
            var (by, needs) = next;
            if (IsOfHost(needs))
            {
                continue;
            }

            if (_chosen.TryGetValue(needs.Id, out var chosen))
            {
                var version = chosen.NuspecReader.GetVersion();
                if (needs.VersionRange.Satisfies(version))
                {
                    continue;
                }

                if (needs.VersionRange.MinVersion is not { } least || least < version)
                {
                    throw new ConfigurationException($"{by} needs {needs.Id} {needs.VersionRange.PrettyPrint()}, but another package needs "
                        + $"{version.ToNormalizedString()}. Ask the author for a version whose dependencies go together.");
                }

                chosen.Dispose();
            }

            var got = await feeds.GetAsync(needs.Id, needs.VersionRange, takesNewest: false, cancellation);
            _chosen[needs.Id] = got;
            foreach (var one in NeedsOf(got))
            {
                open.Enqueue(one);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var package in _chosen.Values)
        {
            package.Dispose();
        }
    }

    /// <summary>Of a group for each framework, the one for ours; null when there is none.</summary>
    public static T? ForFramework<T>(IEnumerable<T> groups)
        where T : class, IFrameworkSpecific => NuGetFrameworkUtility.GetNearest(groups, Framework);

    // An assembly's version may lag behind its package's in the last places; that it is new enough, a look at the assemblies says in the end.
    private bool IsOfHost(PackageDependency needs) => HostAssemblies.IsShared(needs.Id)
        || (_host.VersionOf(needs.Id) is { } has && (needs.VersionRange.MinVersion is not { } least || has >= new Version(least.Major, least.Minor)));

    private static IEnumerable<(string By, PackageDependency Needs)> NeedsOf(PackageArchiveReader package) =>
        (ForFramework(package.GetPackageDependencies())?.Packages ?? []).Select(needs => (package.NuspecReader.GetId(), needs));
}
