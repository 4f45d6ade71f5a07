using System.Xml;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace Parallax.Host.Packages;

/// <summary>The feeds that packages come from: one that is named, or those of the user's NuGet settings, which are read when they are first needed.</summary>
internal sealed class PackageFeeds : IDisposable
{
    private readonly SourceCacheContext _cache = new();
    private readonly List<Lazy<IReadOnlyList<SourceRepository>>> _groups;   // what one has is not looked for in the next

    private PackageFeeds(params IEnumerable<Func<PackageSource[]>> groups) => _groups =
    [
        .. groups.Select(sources => new Lazy<IReadOnlyList<SourceRepository>>(() => [.. sources().Select(one => Repository.Factory.GetCoreV3(one))])),
    ];

    /// <summary>The feeds for people.</summary>
    /// <exception cref="ConfigurationException">No feed is set, or the settings cannot be read.</exception>
    public string Names => string.Join(", ", _groups.SelectMany(group => group.Value).Select(feed => feed.PackageSource.Source));

    /// <summary>One feed, or those of the settings.</summary>
    /// <param name="source">Address or folder of a feed; null takes the feeds of NuGet's settings for the working folder.</param>
    public static PackageFeeds Of(string? source) => source is null
        ? new(() => OfSettings(isNeeded: true))
        : new(() => [new(Directory.Exists(source) ? Path.GetFullPath(source) : source)]);

    /// <summary>The folder of a package's file, and the feeds of the settings for what is not there.</summary>
    /// <param name="file">The file.</param>
    public static PackageFeeds Around(string file) => new(() => [new(Path.GetDirectoryName(Path.GetFullPath(file))!)], () => OfSettings(isNeeded: false));

    /// <summary>Finds a version of a package and gets it.</summary>
    /// <param name="id">Name of the package.</param>
    /// <param name="versions">Versions that will do; those before a release only where they are named.</param>
    /// <param name="takesNewest">The newest of them, or, as NuGet resolves dependencies, the oldest.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The package; the caller disposes it.</returns>
    /// <exception cref="ConfigurationException">No feed has it, one cannot be read, no feed is set, or the package is damaged.</exception>
    public async Task<PackageArchiveReader> GetAsync(string id, VersionRange versions, bool takesNewest, CancellationToken cancellation)
    {
        try
        {
            var known = new Dictionary<NuGetVersion, FindPackageByIdResource>();
            foreach (var group in _groups)
            {
                await LookAsync(group.Value, id, known, cancellation);
                NuGetVersion[] fitting =
                    [.. known.Keys.Where(version => versions.Satisfies(version) && (!version.IsPrerelease || IsNamed(versions, version))).Order()];
                if (fitting.Length > 0)
                {
                    return await ReadAsync(known, id, takesNewest ? fitting[^1] : fitting[0], cancellation);
                }
            }

            throw new ConfigurationException(Missing(id, versions, [.. known.Keys]));
        }
        catch (Exception e) when (e is FatalProtocolException or IOException or UnauthorizedAccessException || IsOfADamagedPackage(e))
        {
            throw new ConfigurationException($"The package {id} cannot be read from {Names}: {e.Message} Correct --source, or the feeds of "
                + "'dotnet nuget list source'.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    /// <summary>Whether a fault means that the bytes of a package are not what they should be.</summary>
    /// <param name="fault">What was thrown while it was read.</param>
    public static bool IsOfADamagedPackage(Exception fault) => fault is InvalidDataException or PackagingException or XmlException;

    private async Task LookAsync(
        IReadOnlyList<SourceRepository> feeds, string id, Dictionary<NuGetVersion, FindPackageByIdResource> known, CancellationToken cancellation)
    {
        foreach (var feed in feeds)
        {
            var resource = await feed.GetResourceAsync<FindPackageByIdResource>(cancellation)
                ?? throw new ConfigurationException($"{feed.PackageSource.Source} is no feed of packages. Correct --source.");
            foreach (var version in await resource.GetAllVersionsAsync(id, _cache, NullLogger.Instance, cancellation))
            {
                known.TryAdd(version, resource);
            }
        }
    }

    private async Task<PackageArchiveReader> ReadAsync(
        Dictionary<NuGetVersion, FindPackageByIdResource> known, string id, NuGetVersion version, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        if (!await known[version].CopyNupkgToStreamAsync(id, version, bytes, _cache, NullLogger.Instance, cancellation))
        {
            throw new InvalidDataException($"Version {version.ToNormalizedString()} is listed, but its file is not there.");
        }

        bytes.Position = 0;
        var package = new PackageArchiveReader(bytes);
        try
        {
            package.GetIdentity();

            return package;
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }

    private string Missing(string id, VersionRange versions, NuGetVersion[] known) => known.Length == 0
        ? $"There is no package '{id}' in {Names}. Correct the name, or name another feed, folder or file with --source."
        : $"The package {id} has no version {versions.PrettyPrint()} in {Names}. There are: "
            + $"{string.Join(", ", known.Order().Select(version => version.ToNormalizedString()))}.";

    private static bool IsNamed(VersionRange versions, NuGetVersion version) => versions.MinVersion is { IsPrerelease: true } || versions.MaxVersion == version;

    private static PackageSource[] OfSettings(bool isNeeded)
    {
        try
        {
            PackageSource[] sources = [.. new PackageSourceProvider(Settings.LoadDefaultSettings(Environment.CurrentDirectory)).LoadPackageSources()
                .Where(source => source.IsEnabled)];

            return sources.Length > 0 || !isNeeded ? sources
                : throw new ConfigurationException("No feed of packages is set here. Name one with --source, or add it: dotnet nuget add source ADDRESS.");
        }
        catch (NuGetConfigurationException e)
        {
            throw new ConfigurationException($"The settings of NuGet cannot be read: {e.Message} Correct them, or name a feed with --source.");
        }
    }
}
