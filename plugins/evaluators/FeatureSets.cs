namespace Parallax.Plugins.Evaluators;

/// <summary>Checks and scores shared by the protocols.</summary>
internal static class FeatureSets
{
    private const int FewestClasses = 2;

    /// <summary>Requires two labelled sets of features with the same width.</summary>
    /// <exception cref="ArgumentException">A set is empty, has another number of labels than rows, or the widths differ.</exception>
    public static void Require(FeatureSet train, FeatureSet test)
    {
        Require(train, "training");
        Require(test, "test");
        if (train.Features.shape[1] != test.Features.shape[1])
        {
            throw new ArgumentException($"The training features have width {train.Features.shape[1]}, the test features {test.Features.shape[1]}; expected "
                + "features of one backbone.", nameof(test));
        }
    }

    /// <summary>Why classes cannot be told apart on these data.</summary>
    public static IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => new[] { train, test }
        .Where(split => split.Classes.Count < FewestClasses)
        .Select(split => $"'{split.Location}' has {(split.Classes is [var only] ? $"one class, '{only}'" : "no classes")}; telling classes apart "
            + $"takes at least {FewestClasses}.")
        .Distinct();

    /// <summary>Share of rows whose label is among the largest scores.</summary>
    /// <param name="scores">[N, C].</param>
    /// <param name="labels">[N] int64.</param>
    /// <param name="top">How many of the largest scores count.</param>
    public static double TopAccuracy(Tensor scores, Tensor labels, int top)
    {
        using var scope = NewDisposeScope();
        var best = top == 1 ? scores.argmax(1, keepdim: true) : scores.topk(top, 1).indexes;   // [N, top]

        return (best == labels.unsqueeze(1)).to(float32).sum().item<float>() / (double)labels.shape[0];
    }

    private static void Require(FeatureSet set, string name)
    {
        if (set.Features.shape is not [> 0, > 0] || set.Labels.shape is not [var labels] || labels != set.Features.shape[0] || set.Classes < FewestClasses)
        {
            throw new ArgumentException(
                $"The {name} set has features [{string.Join(", ", set.Features.shape)}], labels [{string.Join(", ", set.Labels.shape)}] and "
                    + $"{set.Classes} classes; expected [N, F], [N] and at least {FewestClasses}.");
        }
    }
}
