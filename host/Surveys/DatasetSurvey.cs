using System.Globalization;
using Parallax.Host.Data;

namespace Parallax.Host.Surveys;

/// <summary>What a look at a data set shows.</summary>
/// <param name="Dataset">Name of the data set in recipes.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Layout">Where the splits were found; null when there is nothing to choose.</param>
/// <param name="LeftOut">What is there beside it, and why it is left out.</param>
/// <param name="Train">Training split.</param>
/// <param name="Test">Held-out split; null without one.</param>
internal sealed record DatasetSurvey(string Dataset, string Path, string? Layout, IReadOnlyList<string> LeftOut, SplitSurvey Train, SplitSurvey? Test)
{
    private const int ShownClasses = 10, ShownFaults = 5;
    private const double Uneven = 1.5;   // times as many images in the largest class as in the smallest: worth a word

    /// <summary>Whether it holds videos.</summary>
    public bool IsOfVideos => Train.Lengths is not null;

    /// <summary>Why protocols cannot measure on it; null when they can: that takes two classes and held-out images.</summary>
    public string? Obstacle => Train.Classes.Count < 2 ? "there are no two classes: put the files into CLASS folders"
        : Test is null ? "there are no held-out files: put some into a folder test/ beside train/, in the same CLASS folders"
        : null;

    private string Noun => SampleNoun.Of(IsOfVideos);

    /// <summary>Opens the splits of a data set and looks at both.</summary>
    /// <param name="found">The data set; its training split stays open.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="most">Images of a split that are read at most; videos: a tenth as many, which take longer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ConfigurationException">The held-out split does not fit the training split, or no image can be read.</exception>
    public static DatasetSurvey Of(FoundDataset found, string path, int most, CancellationToken cancellation)
    {
        const int pricier = 10;
        most = found.Train is IVideoDataset ? Math.Max(1, most / pricier) : most;
        var train = SplitSurvey.Of(found.Train, most, cancellation);
        if (train.Sizes is null)
        {
            throw new ConfigurationException($"None of {train.Looked} files of {path} that were looked at can be read. The first: {train.Broken[0]}");
        }

        using var test = found.Source.Has(DatasetSplit.Test) ? found.Source.Open(DatasetSplit.Test) : null;

        return new(found.Name, path, found.Train.Info.Layout, found.Train.Info.LeftOut, train, test is null ? null : SplitSurvey.Of(test, most, cancellation));
    }

    /// <summary>The survey for people: a line each, of a label and what it says.</summary>
    public IEnumerable<(string Label, string Text)> Lines()
    {
        yield return ("data set", $"{Dataset}, {Path}");
        yield return ("train", Describe(Train));
        yield return ("test", Test is null ? "none" : Describe(Test));
        if (Layout is not null)
        {
            yield return ("splits", Layout);
        }

        yield return ("size", Describe(Train.Sizes!));
        if (Train.Lengths is { } lengths)
        {
            yield return ("length", string.Create(CultureInfo.InvariantCulture,
                $"usually {lengths.MedianFrames} frames in {lengths.MedianSeconds:0.#} s; the shortest has {lengths.FewestFrames}"));
        }

        yield return ("balance", Balance());
        yield return ("broken", Broken());
        if (LeftOut.Count > 0)
        {
            yield return ("left out", string.Join(", ", LeftOut));
        }
    }

    private string Describe(SplitSurvey split)
    {
        var classes = split.Classes.Count switch { 0 => "without classes", 1 => "in 1 class", var several => $"in {several} classes" };

        return string.Create(CultureInfo.InvariantCulture, $"{split.Count:N0} {Noun} {classes}");
    }

    private string Describe(SizeRange sizes)
    {
        var looked = (Train.Looked - Train.Broken.Count).ToString("N0", CultureInfo.InvariantCulture);

        return sizes.Smallest == sizes.Largest
            ? $"{sizes.Median} (width x height), all {looked} that were looked at"
            : $"usually {sizes.Median} (width x height); {sizes.Smallest} to {sizes.Largest} (of {looked} that were looked at)";
    }

    private string Balance()
    {
        if (Train.Classes.Count < 2)
        {
            return "no classes to compare";
        }

        ClassCount[] ordered = [.. Train.Classes.OrderByDescending(one => one.Images)];
        string Counts(IEnumerable<ClassCount> classes) =>
            string.Join(", ", classes.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Images:N0}")));
        var counts = ordered.Length <= ShownClasses
            ? Counts(ordered)
            : $"{Counts(ordered.Take(ShownClasses / 2))} ... {Counts(ordered.TakeLast(ShownClasses / 2))}";

        return ordered[0].Images > Uneven * ordered[^1].Images ? $"uneven: {counts}" : $"even: {counts}";
    }

    private string Broken()
    {
        string[] faults = [.. Train.Broken, .. Test?.Broken ?? []];
        var looked = Train.Looked + (Test?.Looked ?? 0);
        var more = faults.Length > ShownFaults ? $" and {faults.Length - ShownFaults} more" : "";

        return faults.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"none of {looked:N0} {Noun} that were read")
            : string.Create(CultureInfo.InvariantCulture,
                $"{faults.Length:N0} of {looked:N0} {Noun} that were read: {string.Join("; ", faults.Take(ShownFaults))}{more}");
    }
}
