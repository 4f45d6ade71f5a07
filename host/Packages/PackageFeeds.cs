using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace Parallax.Host.Packages;

/// <summary>The feeds that packages come from: one that is named, or those of the user's NuGet settings.</summary>
internal sealed class PackageFeeds : IDisposable
{
    private readonly SourceCacheContext _cache = new();
    private readonly IReadOnlyList<SourceRepository> _feeds;

    /// <param name="source">Address or folder of a feed; null takes the feeds of NuGet's settings for the working folder.</param>
    /// <exception cref="ConfigurationException">No feed is set, or the settings cannot be read.</exception>
    public PackageFeeds(string? source)
    {
        PackageSource[] sources = source is null ? OfSettings() : [new(Directory.Exists(source) ? Path.GetFullPath(source) : source)];
        _feeds = [.. sources.Select(one => Repository.Factory.GetCoreV3(one))];
        Names = string.Join(", ", sources.Select(one => one.Source));
    }

    /// <summary>The feeds for people.</summary>
    public string Names { get; }

    /// <summary>Finds a version of a package and gets it.</summary>
    /// <param name="id">Name of the package.</param>
    /// <param name="versions">Versions that will do; those before a release only where they are named.</param>
    /// <param name="takesNewest">The newest of them, or, as NuGet resolves dependencies, the oldest.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The package; the caller disposes it.</returns>
    /// <exception cref="ConfigurationException">No feed has it, or one cannot be read.</exception>
    public async Task<PackageArchiveReader> GetAsync(string id, VersionRange versions, bool takesNewest, CancellationToken cancellation)
    {
        try
        {
            var known = new Dictionary<NuGetVersion, FindPackageByIdResource>();
            foreach (var feed in _feeds)
            {
                var resource = await feed.GetResourceAsync<FindPackageByIdResource>(cancellation)
                    ?? throw new ConfigurationException($"{feed.PackageSource.Source} is no feed of packages. Correct --source.");
                foreach (var version in await resource.GetAllVersionsAsync(id, _cache, NullLogger.Instance, cancellation))
                {
                    known.TryAdd(version, resource);
                }
            }

            NuGetVersion[] fitting =
                [.. known.Keys.Where(version => versions.Satisfies(version) && (!version.IsPrerelease || IsNamed(versions, version))).Order()];
            if (fitting.Length == 0)
            {
                throw new ConfigurationException(Missing(id, versions, [.. known.Keys]));
            }

            return await ReadAsync(known, id, takesNewest ? fitting[^1] : fitting[0], cancellation);
        }
        catch (Exception e) when (e is FatalProtocolException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The package {id} cannot be read from {Names}: {e.Message} Correct --source, or the feeds of "
                + "'dotnet nuget list source'.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private async Task<PackageArchiveReader> ReadAsync(
        Dictionary<NuGetVersion, FindPackageByIdResource> known, string id, NuGetVersion version, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        await known[version].CopyNupkgToStreamAsync(id, version, bytes, _cache, NullLogger.Instance, cancellation);
        bytes.Position = 0;

        return new(bytes);
    }

    private string Missing(string id, VersionRange versions, NuGetVersion[] known) => known.Length == 0
        ? $"There is no package '{id}' in {Names}. Correct the name, or name another feed, folder or file with --source."
        : $"The package {id} has no version {versions.PrettyPrint()} in {Names}. There are: "
            + $"{string.Join(", ", known.Order().Select(version => version.ToNormalizedString()))}.";

    private static bool IsNamed(VersionRange versions, NuGetVersion version) => versions.MinVersion is { IsPrerelease: true } || versions.MaxVersion == version;

    private static PackageSource[] OfSettings()
    {
        try
        {
            PackageSource[] sources = [.. new PackageSourceProvider(Settings.LoadDefaultSettings(Environment.CurrentDirectory)).LoadPackageSources()
                .Where(source => source.IsEnabled)];

            return sources.Length > 0 ? sources
                : throw new ConfigurationException("No feed of packages is set here. Name one with --source, or add it: dotnet nuget add source ADDRESS.");
        }
        catch (NuGetConfigurationException e)
        {
            throw new ConfigurationException($"The settings of NuGet cannot be read: {e.Message} Correct them, or name a feed with --source.");
        }
    }
}
