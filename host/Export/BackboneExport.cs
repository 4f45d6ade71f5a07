using System.Globalization;
using System.Runtime.InteropServices;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;

namespace Parallax.Host.Export;

/// <summary>Writes the backbone of an experiment for other programs, and proves that the file gives the same features.</summary>
internal sealed class BackboneExport(ExperimentFactory experiments)
{
    /// <summary>Images, or clips, that are compared, where the data have so many.</summary>
    public const int Compared = 64;

    /// <summary>The largest difference of a feature that is allowed.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>The spread of features below which a comparison proves little: see <see cref="BackboneFeatures.Spread"/>.</summary>
    public const double LeastSpread = 1e-2;

    private const int BatchSize = 16;

    /// <summary>The formats that a backbone can be written in.</summary>
    public IReadOnlyList<IExportFormat> Formats(Experiment experiment) =>
    [
        new WeightFile(experiment, experiments, null),
        .. ((experiment.Method.Backbone as IForeignWeights)?.Layouts ?? []).Select(layout => new WeightFile(experiment, experiments, layout)),
        new OnnxFile(experiment.Method.Backbone, experiment),
    ];

    /// <summary>Writes a file, reads it back, compares, and gives it its name.</summary>
    /// <param name="experiment">Its backbone is written; on the CPU, in float32.</param>
    /// <param name="format">Name of the format.</param>
    /// <param name="path">The file to make; null takes a name that follows from backbone and format, in the current folder.</param>
    /// <param name="replaces">Whether a file there may be replaced.</param>
    /// <param name="origin">Where the weights come from, for the file.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">The backbone has no such format, or the file cannot be written, or gives other features.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop; nothing is left of the file.</exception>
    public ExportResult Write(
        Experiment experiment, string format, string? path, bool replaces, IReadOnlyDictionary<string, string> origin, CancellationToken stop = default)
    {
        var backbone = experiment.Configuration.Backbone.Name;
        var chosen = Choose(experiment, format);
        var name = path ?? $"{backbone}-{chosen.Name}{chosen.Extension}";
        using var scope = torch.NewDisposeScope();
        using var file = new ExportFile(name, replaces);
        var batches = Samples(experiment, Compared, stop);
        var expected = FeatureExtractor.Evaluating(experiment, () => BackboneFeatures.Of(experiment.Method.Backbone, batches));   // [all N, F]
        var description = new Dictionary<string, string>(origin) { [ExportMetadata.Names] = chosen.Name };
        ExportMetadata.AddInput(description, experiment, batches);
        var spread = BackboneFeatures.Spread(expected);
        description[ExportMetadata.Spread] = spread.ToString("R", CultureInfo.InvariantCulture);
        stop.ThrowIfCancellationRequested();
        var difference = Check(chosen, file, description, batches, expected);
        description[ExportMetadata.LargestDifference] = difference.ToString("R", CultureInfo.InvariantCulture);
        stop.ThrowIfCancellationRequested();
        difference = Math.Max(difference, Check(chosen, file, description, batches, expected));   // what stays was compared too
        stop.ThrowIfCancellationRequested();
        file.Finish();

        return new(Path.GetFullPath(name), backbone, chosen.Name, new FileInfo(name).Length, (int)expected.shape[0], difference, spread);
    }

    private IExportFormat Choose(Experiment experiment, string name)
    {
        var (backbone, formats) = (experiment.Configuration.Backbone, Formats(experiment));
        string Known() => string.Join(", ", formats.Select(format => format.Name));

        return formats.FirstOrDefault(format => format.Name == name) ?? throw new ConfigurationException(
            $"--format is '{name}', but the backbone {backbone.Name} has none of that name{InTheWay(experiment, name)}. It can be written as {Known()}.");
    }

    // The options that cost the network of the defaults the format, each by itself, or else all together; nothing where that has none either.
    private string InTheWay(Experiment experiment, string format)
    {
        var unusual = experiment.Configuration.Backbone.Unusual();
        if (Has([]) != true)
        {
            return "";
        }

        string[] keys = [.. unusual.Keys.Where(key => Has([key]) == false)];

        return $" with {string.Join(", ", (keys.Length > 0 ? keys : unusual.Keys).Select(key => $"backbone.{key}: {unusual[key]}"))}";

        // Null where these options fit only others that are not the defaults.
        bool? Has(string[] kept)
        {
            try
            {
                var choice = experiment.Configuration.Backbone.Without([.. unusual.Keys.Except(kept)]);
                using var other = (Module)experiments.FreshBackbone(experiment, choice);

                return other is IForeignWeights foreign && foreign.Layouts.Any(layout => layout.Library == format);
            }
            catch (Exception e) when (e is ConfigurationException or ArgumentException or ExternalException)
            {
                return null;
            }
        }
    }

    private static double Check(
        IExportFormat format, ExportFile file, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Tensor> batches, Tensor expected)
    {
        file.Fill(unfinished => format.Write(unfinished, metadata));

        return Compare(format, file.Unfinished, batches, expected);
    }

    /// <summary>The largest difference between features of a backbone and those of its file.</summary>
    /// <param name="format">Reads the file.</param>
    /// <param name="file">Its path.</param>
    /// <param name="batches">Images or clips.</param>
    /// <param name="expected">Features of the backbone, [all N, F].</param>
    /// <exception cref="ConfigurationException">It is above <see cref="Tolerance"/>.</exception>
    public static double Compare(IExportFormat format, string file, IReadOnlyList<Tensor> batches, Tensor expected)
    {
        var features = format.Features(file, batches);
        if (!features.shape.SequenceEqual(expected.shape))
        {
            throw new ConfigurationException(
                $"The {format.Name} file gives features of shape [{string.Join(", ", features.shape)}], the backbone of [{string.Join(", ", expected.shape)}]. "
                    + $"Nothing was kept. {format.LikelyFault}");
        }

        var difference = BackboneFeatures.Difference(expected, features);
        var cause = double.IsFinite(difference) ? $"{format.LikelyFault} Very large weights do this too"
            : "Weights that are not finite or very large do this";

        return difference <= Tolerance ? difference : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture,
            $"The {format.Name} file gives other features than the backbone: they differ by up to {difference:G3}, and {Tolerance:G1} is allowed. Nothing was "
                + $"kept. {cause}; 'parallax evaluate' shows whether the run is sound."));
    }

    /// <summary>The same few of the data set each time, looked at as evaluations do; one clip of a video.</summary>
    /// <param name="experiment">Its training images.</param>
    /// <param name="most">How many, where there are so many.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static List<Tensor> Samples(Experiment experiment, int most, CancellationToken stop)
    {
        var settings = LoaderSetup.ForEvaluation(experiment.Configuration, experiment.World) with { BatchSize = BatchSize };
        using var data = DatasetSubset.Borrow(experiment.Data, most);
        using var loader = new EvaluationLoader(data, experiment.Run.ImageSize, settings, experiment.Logger, experiment.Configuration.Data.EvaluationResize,
            unreadable: UnreadableSamples.Replaced, views: experiment.TestClips with { Clips = 1, Crops = 1 }, normalising: experiment.Run.Data);
        var batches = new List<Tensor>();
        foreach (var batch in loader.Batches())
        {
            stop.ThrowIfCancellationRequested();
            batches.Add(experiment.Placement.Images(batch, view: 0).clone());   // the loader reuses its memory
        }

        return batches;
    }
}

/// <summary>A file that was written and compared.</summary>
/// <param name="File">Its path.</param>
/// <param name="Backbone">Name of the backbone.</param>
/// <param name="Format">Name of the format.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Compared">Images or clips that were compared.</param>
/// <param name="LargestDifference">Between a feature of the backbone and that of the file.</param>
/// <param name="FeatureSpread">The largest standard deviation of a feature over what was compared.</param>
internal sealed record ExportResult(string File, string Backbone, string Format, long Bytes, int Compared, double LargestDifference, double FeatureSpread);
