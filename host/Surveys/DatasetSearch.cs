using Parallax.Host.Configuration;

namespace Parallax.Host.Surveys;

/// <summary>Finds the data set that can read a folder or file, by asking those that read files.</summary>
internal sealed class DatasetSearch(PluginCatalog catalog, RecipeReader recipes, PluginFactory plugins)
{
    private const int MostFiles = 10_000;   // of a folder that holds something else
    private static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true };

    /// <summary>Opens what is there: of several data sets that can read it, one whose images have no captions, then the one that finds most. Those for files of
    /// videos are tried when no other can read it, or finds too few images to learn from: the programs that decode videos are not installed for a folder of
    /// images.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="name">The data set, by its name; null tries all.</param>
    /// <param name="overrides">Further settings of section <c>data</c>, of the form <c>data.key=value</c>.</param>
    /// <param name="explainsAll">Whether a fault says what all of them expect, and not only those for kinds of files that are there.</param>
    /// <returns>The data set, opened for training; the caller disposes it.</returns>
    /// <exception cref="ConfigurationException">None can read it: says what they expect.</exception>
    public FoundDataset Find(string path, string? name, IReadOnlyList<string> overrides, bool explainsAll)
    {
        if (!Path.Exists(path))
        {
            throw new ConfigurationException($"{path} does not exist. Give a folder, or an uncompressed tar, with images or videos.");
        }

        var found = new List<FoundDataset>();
        var faults = new Dictionary<string, List<string>>();
        var candidates = (name is null ? ReadersOfFiles() : [catalog.Get(PluginKind.Dataset, name).Name])
            .SelectMany(dataset => Try(dataset, faults, () => Source(path, dataset, overrides)))
            .OrderBy(one => one.Source.ReadsVideoFiles).ToList();
        foreach (var (dataset, source) in candidates.Where(one => !one.Source.ReadsVideoFiles || found.All(IsSmall)))
        {
            found.AddRange(Try(dataset, faults, () => new FoundDataset(dataset, source, source.Open(DatasetSplit.Train))));
        }

        FoundDataset[] ordered = [.. found.OrderBy(one => one.Train.Info.Captions).ThenByDescending(one => one.Train.Info.Count)];
        foreach (var other in ordered.Skip(1))
        {
            other.Train.Dispose();
        }

        return ordered is [var best, ..] ? best : throw Unreadable(path, faults, explainsAll || name is not null ? [] : Unfit(path, candidates));
    }

    private static ConfigurationException Unreadable(string path, Dictionary<string, List<string>> faults, string[] unfit) => new(
    [
        $"{path} is no data set that can be read. Expected for example SPLIT/CLASS/FILE with images or videos, in a folder or an uncompressed tar.",
        .. from fault in faults
           let names = fault.Value.Except(unfit).ToList()
           where names.Count > 0
           select $"As {string.Join(" or ", names)}: {fault.Key}",
        .. unfit.Length == 0 ? (IEnumerable<string>)[]
            : [$"No file there (of the first {MostFiles:N0}) is of the kinds that {string.Join(", ", unfit)} read; --verbose says what they expect."],
    ]);

    // Those that read other kinds of files; none where a single file is of no kind that is known, such as a compressed archive: several say what it is.
    private static string[] Unfit(string path, List<(string Name, IDatasetSource Source)> candidates)
    {
        var isFolder = Directory.Exists(path);
        string[] files = isFolder ? [.. Directory.EnumerateFiles(path, "*", Deep).Take(MostFiles)] : [path];
        string[] unfit =
        [
            .. from one in candidates
               let endings = one.Source.FileEndings
               where endings.Count > 0 && !files.Any(file => endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
               orderby one.Name
               select one.Name,
        ];

        return isFolder || unfit.Length < candidates.Count ? unfit : [];
    }

    private static bool IsSmall(FoundDataset found) => found.Train.Info.Count < RecipeDraft.FewestImages;

    private IEnumerable<string> ReadersOfFiles() =>
        from plugin in catalog.Of(PluginKind.Dataset)
        where plugin.OptionsType is { } options && OptionKey.Of(options).Any(key => key.Name == "path")
        select plugin.Name;

    private (string Name, IDatasetSource Source) Source(string path, string dataset, IReadOnlyList<string> overrides)
    {
        string[] all = [$"data.path='{path.Replace("'", "''", StringComparison.Ordinal)}'", .. overrides];

        return (dataset, recipes.ReadDataset(null, dataset, all).Create<IDatasetSource>(plugins));
    }

    // One or none; why none is kept for the message.
    private static T[] Try<T>(string dataset, Dictionary<string, List<string>> faults, Func<T> open)
    {
        try
        {
            return [open()];
        }
        catch (ConfigurationException fault)
        {
            faults.TryAdd(fault.Message, []);
            faults[fault.Message].Add(dataset);

            return [];
        }
    }
}

/// <summary>A data set that can read what is there.</summary>
/// <param name="Name">Name in recipes.</param>
/// <param name="Source">Opens its splits.</param>
/// <param name="Train">Its training split, open.</param>
internal sealed record FoundDataset(string Name, IDatasetSource Source, IImageDataset Train);
