using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Parallax.Host.Surveys;

/// <summary>Writes a recipe for a data set that was looked at: one of the texts in <c>recipes/starters</c>, with the numbers that fit the data.</summary>
/// <remarks>
/// The texts hold methods, networks and the reasons for them; what is computed here stands in them as <c>__name__</c>. A line behind <c>@measured</c> is for
/// data whose features can be measured, one behind <c>@unmeasured</c> for all other. All numbers are ours.
/// </remarks>
internal sealed class RecipeDraft
{
    /// <summary>Fewer cannot be learned from.</summary>
    internal const int FewestImages = 16;

    private const string Measured = "@measured", Unmeasured = "@unmeasured", Indent = "  ";
    private const double WarmupShare = 0.05;

    private readonly DatasetSurvey _survey;
    private readonly bool _hasGpu;
    private readonly int _side;
    private readonly YamlMappingNode _data;

    /// <param name="survey">What the look showed.</param>
    /// <param name="overrides">Further settings of section <c>data</c>, of the form <c>data.key=value</c>.</param>
    /// <param name="hasGpu">Whether the machine has one that can be used.</param>
    /// <exception cref="ConfigurationException">There are too few images to learn from.</exception>
    public RecipeDraft(DatasetSurvey survey, IReadOnlyList<string> overrides, bool hasGpu)
    {
        if (survey.Train.Count < FewestImages)
        {
            var leftOut = survey.LeftOut.Count == 0 ? "" : $" (left out: {string.Join(", ", survey.LeftOut)})";
            throw new ConfigurationException($"{survey.Path} has {survey.Train.Count} {SampleNoun.Of(survey.IsOfVideos, survey.Train.Count)} to learn from"
                + $"{leftOut}; expected at least {FewestImages}. Add some, or give a folder with more.");
        }

        (_survey, _hasGpu) = (survey, hasGpu);
        (_data, _side) = Data(survey, overrides, SideOf(survey, hasGpu));
    }

    /// <summary>Images of an optimizer step: a power of two that leaves at least four steps to an epoch.</summary>
    private int BatchSize
    {
        get
        {
            var most = Math.Min(_survey.Train.Count / 4, (_survey.IsOfVideos, _hasGpu) switch
            {
                (true, false) => 16,
                (true, true) => 32,
                (false, false) => 128,
                (false, true) => 256,
            });

            return 1 << (int)Math.Log2(most);
        }
    }

    /// <summary>Passes over the data: as many as see a number of images that takes minutes without a GPU and hours with one.</summary>
    private int Epochs => Math.Clamp((int)Math.Round(Budget.Images / _survey.Train.Count), Budget.Fewest, Budget.Most);

    private (double Images, int Fewest, int Most) Budget
    {
        get
        {
            const double pixels = 32 * 32;

            return (_survey.IsOfVideos, _hasGpu) switch
            {
                (true, false) => (4_000.0, 1, 100),
                (true, true) => (2_000_000.0, 20, 200),
                (false, false) => (300_000.0 * pixels / (_side * _side), 1, 200),
                (false, true) => (20_000_000.0, 100, 800),
            };
        }
    }

    // Of many images the fewest epochs see more than the budget, and take longer.
    private string Duration => (_hasGpu, (double)Epochs * _survey.Train.Count / Budget.Images) switch
    {
        (false, <= 3) => "minutes",
        (false, <= 100) or (true, <= 3) => "hours",
        _ => "days",
    };

    private string Starter => (_survey.IsOfVideos, _hasGpu) switch
    {
        (true, _) => "videos",
        (false, false) => "images-cpu",
        (false, true) => _side <= SmallSide ? "images-gpu-small" : "images-gpu",
    };

    private static int SmallSide => 64;

    /// <summary>The text of the recipe.</summary>
    /// <exception cref="ConfigurationException">The program's texts are not there.</exception>
    public string Write()
    {
        var file = RecipeFile.ShippedPlaces.Select(place => Path.Combine(place, "starters", $"{Starter}.txt")).FirstOrDefault(File.Exists)
            ?? throw new ConfigurationException($"The program has no recipes/starters/{Starter}.txt beside it. Install or build it again.");
        var values = Values();
        var lines = File.ReadAllLines(file).SelectMany(Chosen).Select(line => Block(line) ?? Aligned(
            values.Aggregate(line, (text, value) => text.Replace($"__{value.Name}__", value.Text, StringComparison.Ordinal))));

        return string.Join('\n', lines) + "\n";
    }

    // What the data brings stays as it is, whatever marks are in its names.
    private string? Block(string line) => line switch
    {
        "__found__" => string.Join('\n', _survey.Lines().Select(found => $"#   {found.Label}: {found.Text.ReplaceLineEndings(" ")}")),
        "__data__" => Indented(_data),
        _ => null,
    };

    // What stands behind a short value begins in one column, however long the value is.
    private static string Aligned(string line)
    {
        const int column = 29;
        var (mark, start) = (line.IndexOf(" # ", StringComparison.Ordinal), line.IndexOf('#', StringComparison.Ordinal));
        var key = mark > 0 && start == mark + 1 ? line[..mark].TrimEnd() : "";

        return key.Length is > 0 and < column ? key.PadRight(column) + line[start..] : line;
    }

    // A setting of the user's counts, all others are added to it.
    private static (YamlMappingNode Data, int Side) Data(DatasetSurvey survey, IReadOnlyList<string> overrides, int usual)
    {
        var faults = new List<string>();
        var given = RecipeTree.Child(RecipeTree.FromOverrides(overrides, faults), "data") as YamlMappingNode ?? [];
        var side = RecipeTree.Child(given, "imageSize") is { } own && int.TryParse(RecipeTree.Text(own), CultureInfo.InvariantCulture, out var asked)
            ? asked
            : usual;
        var data = new YamlMappingNode { { "name", survey.Dataset }, { "path", survey.Path } };
        data.Add("imageSize", side.ToString(CultureInfo.InvariantCulture));
        if (ResizeOf(side) is { } resize)
        {
            data.Add("evaluationResize", resize.ToString(CultureInfo.InvariantCulture));
        }

        return faults.Count == 0 ? (RecipeTree.Merge(data, given), side) : throw new ConfigurationException(faults);
    }

    // Without a GPU, 64 pixels cost four times as much as 32 already.
    private static int SideOf(DatasetSurvey survey, bool hasGpu)
    {
        int[] usual = (survey.IsOfVideos, hasGpu) switch
        {
            (true, false) => [64],
            (true, true) => [64, 112],
            (false, false) => [32, 64],
            (false, true) => [32, 64, 96, 128, 224],
        };
        const int step = 4, fewest = 16;
        var side = survey.Train.Sizes!.Side;

        return side < usual[0] ? Math.Max(fewest, side / step * step) : usual.Last(one => one <= side);
    }

    private static int? ResizeOf(int side) => side >= 96 ? side * 8 / 7 : null;   // 256 for 224, as usual

    private IEnumerable<string> Chosen(string line)
    {
        var isMeasured = _survey.Obstacle is null;
        if (line.StartsWith(Measured, StringComparison.Ordinal) || line.StartsWith(Unmeasured, StringComparison.Ordinal))
        {
            var mark = isMeasured ? Measured : Unmeasured;

            return line.StartsWith(mark, StringComparison.Ordinal) ? [line[mark.Length..]] : [];
        }

        return [line];
    }

    private List<(string Name, string Text)> Values()
    {
        var (epochs, batch) = (Epochs, BatchSize);
        var splits = Math.Max(1, batch / 32);
        string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

        return
        [
            ("duration", Duration),
            ("median", _survey.Train.Sizes!.Median.ToString()),
            ("size", Number($"{_side}")),
            ("batchSize", Number($"{batch}")),
            ("epochs", Number($"{epochs}")),
            ("steps", Number($"{epochs * (_survey.Train.Count / batch):N0}")),
            ("warmupEpochs", Number($"{epochs * WarmupShare:0.##}")),
            ("onlineEvery", Number($"{Math.Max(1, epochs / 10)}")),
            ("queueSize", Number($"{Math.Clamp(1 << (int)Math.Log2(_survey.Train.Count / 2), batch, 65_536)}")),
            ("splits", Number($"{splits}")),
            ("group", Number($"{batch / splits}")),
            ("width", _hasGpu ? "1" : "0.25"),
            ("obstacle", _survey.Obstacle ?? ""),
        ];
    }

    private static string Indented(YamlMappingNode section) => string.Join('\n',
        new SerializerBuilder().WithNewLine("\n").Build().Serialize(section).TrimEnd('\n').Split('\n').Select(line => Indent + line));
}
