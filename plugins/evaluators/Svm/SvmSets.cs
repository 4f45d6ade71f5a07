using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Training and test features as the machines take them.</summary>
internal sealed class SvmSets
{
    private const int Ignored = -1;

    private readonly int[] _testRows;
    private readonly long[] _trainLabels, _testLabels;
    private readonly sbyte[]? _trainShown, _testShown;   // [N, C] where images show several classes

    /// <param name="train">Features that are learned from.</param>
    /// <param name="test">Features that are counted.</param>
    /// <exception cref="ArgumentException">A set is empty, or the widths differ.</exception>
    public SvmSets(FeatureSet train, FeatureSet test)
    {
        FeatureSets.Require(train, test);
        (Train, Test) = (FeatureRows.Normalised(train.Features), FeatureRows.Normalised(test.Features));
        (_trainLabels, _testLabels) = ([.. train.Labels.cpu().data<long>()], [.. test.Labels.cpu().data<long>()]);
        (_trainShown, _testShown) = (train.Shown?.cpu().data<sbyte>().ToArray(), test.Shown?.cpu().data<sbyte>().ToArray());
        _testRows = [.. Enumerable.Range(0, Test.Count)];
        Classes = Math.Max(train.Classes, test.Classes);
        var rows = _trainLabels.Index().ToLookup(item => item.Item, item => item.Index);
        ByClass = ShowsSeveral ? [] : [.. Enumerable.Range(0, Classes).Select(one => rows[one].ToArray())];
    }

    public FeatureRows Train { get; }

    public FeatureRows Test { get; }

    public int Classes { get; }

    /// <summary>Whether images show several classes.</summary>
    public bool ShowsSeveral => _trainShown is not null;

    /// <summary>Classes of the test rows, where each has one.</summary>
    public IReadOnlyList<long> TestLabels => _testLabels;

    /// <summary>Labels of which those of a class are its positives. What is not counted of an image is negative, as in VISSL's code.</summary>
    public IReadOnlyList<long> TrainLabels(int one) =>
        ShowsSeveral ? [.. Enumerable.Range(0, Train.Count).Select(row => Shown(row, one) > 0 ? one : (long)Ignored)] : _trainLabels;

    /// <summary>Positives of each class that has any.</summary>
    public IEnumerable<int> Positives => ShowsSeveral
        ? Enumerable.Range(0, Classes).Select(one => Enumerable.Range(0, Train.Count).Count(row => Shown(row, one) > 0)).Where(count => count > 0)
        : _trainLabels.CountBy(label => label).Select(label => label.Value);

    /// <summary>Training rows of each class, where each has one.</summary>
    public IReadOnlyList<int[]> ByClass { get; }

    /// <summary>Training rows of a class, from which a few are drawn.</summary>
    public IEnumerable<int> With(int one) => ShowsSeveral ? Enumerable.Range(0, Train.Count).Where(row => Shown(row, one) > 0) : ByClass[one];

    /// <summary>Training rows without a class, where images show several: none of which it is not known.</summary>
    public IEnumerable<int> Without(int one) => Enumerable.Range(0, Train.Count).Where(row => Shown(row, one) == 0);

    /// <summary>Decisions on all test rows.</summary>
    public double[] Decide(LinearSvm svm) => svm.Decide(Test, _testRows);

    /// <summary>Average precision of decisions on the test rows; those that are not counted are left out.</summary>
    public AveragePrecision Measure(int one, double[] decisions) => AveragePrecision.Of(decisions,
        _testShown is null ? [.. _testLabels.Select(label => label == one ? 1L : 0)] : [.. _testRows.Select(row => (long)_testShown[(row * Classes) + one])]);

    /// <summary>Does something for each class, as many at a time as there are threads; results in the order of classes.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="most">How many at a time at most.</param>
    public T[] ForEachClass<T>(Func<int, T> work, int most = int.MaxValue)
    {
        var results = new T[Classes];
        Parallel.For(0, Classes, new ParallelOptions { MaxDegreeOfParallelism = Math.Min(get_num_threads(), most) }, one => results[one] = work(one));

        return results;
    }

    private sbyte Shown(int row, int one) => _trainShown![(row * Classes) + one];
}
