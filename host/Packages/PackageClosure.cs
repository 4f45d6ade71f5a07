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
        var tried = new HashSet<(string Id, NuGetVersion Version)>();
        var needs = NeedsFrom(package);
        while (needs.FirstOrDefault(one => !IsMet(one)) is { } open)
        {
            var got = await feeds.GetAsync(open.Key, Common(open), takesNewest: false, cancellation);
            if (_chosen.Remove(open.Key, out var before))
            {
                before.Dispose();
            }

            _chosen[open.Key] = got;
            if (!tried.Add((open.Key.ToLowerInvariant(), got.NuspecReader.GetVersion())))
            {
                throw Contradiction(open);   // each of two versions would bring back the other
            }

            needs = NeedsFrom(package);   // another version has other needs
        }

        foreach (var orphan in _chosen.Keys.Except(needs.Select(one => one.Key), StringComparer.OrdinalIgnoreCase).ToList())
        {
            _chosen.Remove(orphan, out var unused);
            unused?.Dispose();
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

    // What the package and all that is chosen for it need, by the name of what is needed.
    private List<IGrouping<string, Need>> NeedsFrom(PackageArchiveReader package)
    {
        var needs = new List<Need>();
        var asked = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<PackageArchiveReader>([package]);
        while (open.TryDequeue(out var by))
        {
            Need[] own = [.. (ForFramework(by.GetPackageDependencies())?.Packages ?? []).Where(needed => !IsOfHost(needed))
                .Select(needed => new Need(by.NuspecReader.GetId(), needed.Id, needed.VersionRange))];
            needs.AddRange(own);
            foreach (var need in own.Where(need => asked.Add(need.Id)))
            {
                if (_chosen.TryGetValue(need.Id, out var chosen))
                {
                    open.Enqueue(chosen);
                }
            }
        }

        return [.. needs.GroupBy(need => need.Id, StringComparer.OrdinalIgnoreCase)];
    }

    private bool IsMet(IGrouping<string, Need> needs) =>
        _chosen.TryGetValue(needs.Key, out var chosen) && needs.All(need => need.Versions.Satisfies(chosen.NuspecReader.GetVersion()));

    private static VersionRange Common(IGrouping<string, Need> needs)
    {
        var common = VersionRange.CommonSubSet(needs.Select(need => need.Versions));

        return common.Equals(VersionRange.None) ? throw Contradiction(needs) : common;
    }

    private static ConfigurationException Contradiction(IGrouping<string, Need> needs) => new($"No version of {needs.Key} is one for all that need it: "
        + $"{string.Join(", ", needs.Select(need => $"{need.By} needs {need.Versions.PrettyPrint()}"))}. Ask the author for a version whose dependencies go "
        + "together.");

    private sealed record Need(string By, string Id, VersionRange Versions);
}
