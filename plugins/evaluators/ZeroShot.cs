namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of zero-shot classification, <c>evaluation.zero-shot</c> of a recipe.</summary>
public sealed record ZeroShotOptions
{
    /// <summary>Texts of a class; {} stands for its name, underscores as spaces. CLIP's code: these seven, chosen on ImageNet.</summary>
    public IReadOnlyList<string> Templates { get; init; } =
    [
        "itap of a {}.", "a bad photo of the {}.", "a origami {}.", "a photo of the large {}.", "a {} in a video game.", "art of the {}.",
        "a photo of the small {}.",
    ];

    /// <summary>Text file with the name of each class, one a line in label order; empty takes the data set's own, which are folders' names.</summary>
    public string? ClassNamesFile { get; init; }
}

/// <summary>Each held-out image gets the class whose texts are nearest; nothing is learned from labelled images.</summary>
/// <remarks>
/// Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021, section 3.1.4, https://arxiv.org/abs/2103.00020, and
/// FLIP's code: the embeddings of a class's texts are normalised, averaged and normalised again; the cosine decides.
/// </remarks>
/// <param name="options">Templates and names.</param>
[Plugin("zero-shot", Options = typeof(ZeroShotOptions), Summary = "Zero-shot classification, cosine, texts of each class from templates.",
    Family = "image-text", Paper = "Learning Transferable Visual Models From Natural Language Supervision", Authors = "Radford et al.", Venue = "ICML",
    Year = 2021, ArXiv = "2103.00020")]
public sealed class ZeroShot(ZeroShotOptions options) : IZeroShotEvaluator, IEvaluationRequirements
{
    private const string Place = "{}";
    private const int MostBest = 5;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test)
    {
        foreach (var fault in FeatureSets.Faults(test, test))
        {
            yield return $"{fault} Measure the run on images with classes: parallax evaluate RUN_ID --protocol zero-shot --set "
                + "'data={name: class-captions, path: DIR}'.";
        }

        if (options.Templates.Count == 0)
        {
            yield return "evaluation.zero-shot.templates is empty. Expected texts such as 'a photo of a {}.', with {} where the name of the class goes.";
        }

        foreach (var template in options.Templates.Where(template => !template.Contains(Place, StringComparison.Ordinal)))
        {
            yield return $"evaluation.zero-shot.templates has '{template}' without a {{}} for the name of the class. "
                + "Expected for example 'a photo of a {}.'.";
        }

        if (test.Classes.Count > 0 && !string.IsNullOrEmpty(options.ClassNamesFile) && Names(test.Classes) is var names && names.Count != test.Classes.Count)
        {
            yield return $"evaluation.zero-shot.classNamesFile '{options.ClassNamesFile}' {(File.Exists(options.ClassNamesFile) ? $"has {names.Count} names"
                : "does not exist")}, but '{test.Location}' has {test.Classes.Count} classes. Expected a name a line, in the order of the labels.";
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test)
    {
        if (train.Captions == CaptionOrigin.ClassNames)
        {
            yield return "captions are made from class names: the method has seen the labels of the training images, so the number is not that of a method "
                + "without labels.";
        }
    }

    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet images, IReadOnlyList<string> classes, Func<IReadOnlyList<string>, Tensor> embedTexts)
    {
        var texts = stack([.. Names(classes).Select(name => OfClass(name, embedTexts))]);                // [C, D]
        var cosines = F.normalize(images.Features).matmul(F.normalize(texts).t());                      // [N, C]
        var best = cosines.topk(Math.Min(MostBest, classes.Count), 1).indexes;                          // [N, 5]
        var hits = best.eq(images.Labels.unsqueeze(1));                                                 // [N, 5]
        var accuracy = Share(hits.narrow(1, 0, 1));

        return new(accuracy, accuracy, new Dictionary<string, double> { ["top5"] = Share(hits), ["templates"] = options.Templates.Count });
    }

    private Tensor OfClass(string name, Func<IReadOnlyList<string>, Tensor> embedTexts) => F.normalize(
        embedTexts([.. options.Templates.Select(template => template.Replace(Place, name.Replace('_', ' '), StringComparison.Ordinal))])).mean([0]);   // [D]

    private static double Share(Tensor hits) => hits.any(1).to(float64).mean().item<double>();

    private IReadOnlyList<string> Names(IReadOnlyList<string> classes) => string.IsNullOrEmpty(options.ClassNamesFile) ? classes
        : File.Exists(options.ClassNamesFile) ? [.. File.ReadLines(options.ClassNamesFile).Select(line => line.Trim()).Where(line => line.Length > 0)]
        : [];
}
