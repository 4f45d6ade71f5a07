using System.Diagnostics.CodeAnalysis;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;

namespace Parallax.Host.Packages;

/// <summary>Installs plugins from NuGet packages into the user's plugin folder, and removes them. No code of a package is run: assemblies are copied, and their
/// metadata is read.</summary>
/// <param name="catalog">The plugins that are there already.</param>
internal sealed class PluginPackages(PluginCatalog catalog)
{
    private const string PackageEnding = ".nupkg", Native = "runtimes/linux-x64/native/";
    private static readonly string[] Copied = [".dll", ".xml"];   // 'parallax describe' reads the documentation

    /// <summary>The user's plugin folders: what each was installed from, null for one put there by hand.</summary>
    public static IReadOnlyList<(string Folder, InstalledPackage? Package)> Installed() => Directory.Exists(Root())
        ? [.. Directory.EnumerateDirectories(Root()).Order(StringComparer.Ordinal).Select(folder => (folder, InstalledPackage.Read(folder)))]
        : [];

    /// <summary>Installs a package, in place of another version of it.</summary>
    /// <param name="name">Name of the package, or its file.</param>
    /// <param name="source">A feed, a folder of packages, or the file of the package; null takes the feeds of NuGet's settings.</param>
    /// <param name="version">The version; null takes the newest.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The plugins it brought.</returns>
    /// <exception cref="ConfigurationException">It cannot be found, fits no contract of this host, lacks a dependency, or has a plugin of a name that is
    /// taken; nothing is changed then.</exception>
    public async Task<IReadOnlyList<PluginDescriptor>> InstallAsync(string name, string? source, string? version, CancellationToken cancellation)
    {
        if (source is null && IsFile(name))
        {
            return await InstallAsync(IdOf(name), name, version, cancellation);
        }

        if (!PackageIdValidator.IsValidPackageId(name))
        {
            throw new ConfigurationException($"'{name}' is no name of a package. Expected letters and digits with single '.', '-' or '_' between them; a feed, "
                + "a folder of packages or the file of one goes behind --source.");
        }

        var isFile = IsFile(source);
        using var feeds = isFile ? PackageFeeds.Around(source!) : PackageFeeds.Of(source);
        using var package = isFile ? Open(source!, name, version) : await feeds.GetAsync(name, Range(version), takesNewest: true, cancellation);
        using var needed = new PackageClosure(feeds);
        await needed.AddAsync(package, cancellation);

        var id = package.NuspecReader.GetId();
        var target = Path.Combine(Root(), id.ToLowerInvariant());
        if (Directory.Exists(target) && InstalledPackage.Read(target) is null)
        {
            throw new ConfigurationException($"{target} was put there by hand and is not replaced. Remove it first.");
        }

        var staging = Path.GetFullPath(Path.Combine(Root(), "..", $"installing-{Path.GetRandomFileName()}"));
        try
        {
            Directory.CreateDirectory(staging);
            Extract(package, staging, isMain: true);
            foreach (var dependency in needed.Packages)
            {
                Extract(dependency, staging, isMain: false);
            }

            Check(staging, target, id);
            new InstalledPackage(id, package.NuspecReader.GetVersion().ToNormalizedString(), isFile ? Path.GetFullPath(source!) : feeds.Names).Write(staging);
            Replace(target, staging);
        }
        catch (Exception e) when (PackageFeeds.IsOfADamagedPackage(e))
        {
            throw new ConfigurationException($"The package {id}, or one that it needs, is damaged: {e.Message} Get it again, or name another feed or file "
                + "with --source.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{target} cannot be written: {e.Message} Make room, or correct its permissions.");
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }

        return PluginCatalog.Discover(new([], [target])).Plugins;
    }

    /// <summary>Removes the plugin folder of a package.</summary>
    /// <param name="name">Name of the package.</param>
    /// <returns>The folder that was removed.</returns>
    /// <exception cref="ConfigurationException">It is not installed, was put there by hand, or cannot be removed.</exception>
    public static string Remove(string name)
    {
        var folder = Installed().FirstOrDefault(one => string.Equals(one.Package?.Id, name, StringComparison.OrdinalIgnoreCase)).Folder;
        if (folder is null)
        {
            var known = Installed().Select(one => one.Package?.Id).OfType<string>();

            throw new ConfigurationException(Directory.Exists(Path.Combine(Root(), name))
                ? $"{Path.Combine(Root(), name)} was put there by hand, not by 'parallax plugins install'. Remove the folder itself."
                : $"No package '{name}' is installed.{NearestName.Hint(name, known)}");
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{folder} cannot be removed: {e.Message} Correct its permissions, then remove the folder itself.");
        }

        return folder;
    }

    private static string Root() => PluginFolders.OfUser
        ?? throw new ConfigurationException("There is no home folder for plugins here: the environment variable HOME is not set. Set it.");

    private static VersionRange Range(string? version) => version is null ? VersionRange.All
        : NuGetVersion.TryParse(version, out var exact) ? new VersionRange(exact, includeMinVersion: true, exact, includeMaxVersion: true)
        : throw new ConfigurationException($"--version is '{version}'; expected a version of the package, for example 1.2.0.");

    private static bool IsFile([NotNullWhen(true)] string? source) =>
        source?.EndsWith(PackageEnding, StringComparison.OrdinalIgnoreCase) == true && !source.Contains("://", StringComparison.Ordinal);

    private static string IdOf(string file)
    {
        using var package = Open(file, out var identity);

        return identity.Id;
    }

    private static PackageArchiveReader Open(string file, out PackageIdentity identity)
    {
        if (!File.Exists(file))
        {
            throw new ConfigurationException($"The package {file} does not exist. Name the file of a package, or its name and a feed (--source).");
        }

        FileStream? stream = null;
        try
        {
            stream = File.OpenRead(file);
            var package = new PackageArchiveReader(stream);   // owns the stream
            identity = package.GetIdentity();

            return package;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || PackageFeeds.IsOfADamagedPackage(e))
        {
            stream?.Dispose();
            throw new ConfigurationException($"{file} cannot be read as a package: {e.Message} Copy it again.");
        }
    }

    private static PackageArchiveReader Open(string file, string name, string? version)
    {
        var package = Open(file, out var identity);
        if (string.Equals(identity.Id, name, StringComparison.OrdinalIgnoreCase) && (version is null || Range(version).Satisfies(identity.Version)))
        {
            return package;
        }

        package.Dispose();

        throw new ConfigurationException($"--source {file} is the package {identity}, but {name}{(version is null ? "" : $" {version}")} "
            + "was asked for. Correct one of them.");
    }

    // By the names of the files alone: no path of a package leads out of the folder.
    private static void Extract(PackageArchiveReader package, string folder, bool isMain)
    {
        var groups = package.GetLibItems().ToList();
        var fitting = PackageClosure.ForFramework(groups);
        if (fitting is null && groups.Count > 0)
        {
            throw new ConfigurationException($"The package {package.GetIdentity()} has no assembly for {PackageClosure.Framework.GetShortFolderName()}: it has "
                + $"{string.Join(", ", groups.Select(group => group.TargetFramework.GetShortFolderName()))}. Ask the author for one that has.");
        }

        var files = (fitting?.Items ?? []).Where(path => Copied.Contains(Path.GetExtension(path))).Concat(package.GetFiles()
            .Where(path => path.StartsWith(Native, StringComparison.Ordinal)));
        foreach (var path in files.Where(path => isMain || !HostAssemblies.IsShared(Path.GetFileNameWithoutExtension(path))))
        {
            using var from = package.GetStream(path);
            using var to = File.Create(Path.Combine(folder, Path.GetFileName(path)));
            from.CopyTo(to);
        }
    }

    private void Check(string staging, string target, string id)
    {
        var brought = PluginCatalog.Discover(new([], [staging]));
        var taken = from plugin in brought.Plugins
                    from other in catalog.Plugins
                    where plugin.Kind == other.Kind && plugin.Name == other.Name && Path.GetDirectoryName(other.File) != Path.GetFullPath(target)
                    select $"The package {id} brings the {plugin.Kind.Noun()} '{plugin.Name}', and so does {other.File}. Both would be refused; remove that "
                        + "one first.";
        var rejected = brought.Rejected.Where(plugin => plugin.Name is not null)
            .Select(plugin => $"The package {id} cannot be used: {plugin.Kind?.Noun()} '{plugin.Name}': {plugin.Reason}");
        string[] faults = [.. rejected, .. taken];
        if (faults.Length > 0)
        {
            throw new ConfigurationException(faults);
        }

        if (brought.Plugins.Count == 0)
        {
            throw new ConfigurationException($"The package {id} has no plugin: no class with [Plugin] is in it. Is it the package that you mean?");
        }
    }

    /// <summary>Puts a folder in the place of another, which goes when the new one is there and stays when it cannot come.</summary>
    /// <param name="target">Where it goes; need not be there.</param>
    /// <param name="staging">The new folder, on the same disk.</param>
    internal static void Replace(string target, string staging)
    {
        var older = $"{staging}-older";
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (Directory.Exists(target))
        {
            Directory.Move(target, older);
        }

        try
        {
            Directory.Move(staging, target);
        }
        catch when (Directory.Exists(older))
        {
            Directory.Move(older, target);
            throw;
        }

        if (Directory.Exists(older))
        {
            Directory.Delete(older, recursive: true);
        }
    }
}
