using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Training and test features as the machines take them.</summary>
internal sealed class SvmSets
{
    private readonly int[] _testRows;

    /// <param name="train">Features that are learned from.</param>
    /// <param name="test">Features that are counted.</param>
    /// <exception cref="ArgumentException">A set is empty, or the widths differ.</exception>
    public SvmSets(FeatureSet train, FeatureSet test)
    {
        FeatureSets.Require(train, test);
        (Train, Test) = (FeatureRows.Normalised(train.Features), FeatureRows.Normalised(test.Features));
        (TrainLabels, TestLabels) = ([.. train.Labels.cpu().data<long>()], [.. test.Labels.cpu().data<long>()]);
        _testRows = [.. Enumerable.Range(0, Test.Count)];
        Classes = Math.Max(train.Classes, test.Classes);
    }

    public FeatureRows Train { get; }

    public FeatureRows Test { get; }

    public IReadOnlyList<long> TrainLabels { get; }

    public IReadOnlyList<long> TestLabels { get; }

    public int Classes { get; }

    /// <summary>Decisions on all test rows.</summary>
    public double[] Decide(LinearSvm svm) => svm.Decide(Test, _testRows);

    /// <summary>Average precision of decisions on all test rows.</summary>
    public AveragePrecision Measure(int @class, double[] decisions) =>
        AveragePrecision.Of(decisions, [.. TestLabels.Select(label => label == @class ? 1L : 0)]);

    /// <summary>Does something for each class, as many at a time as there are threads; results in the order of classes.</summary>
    public T[] ForEachClass<T>(Func<int, T> work)
    {
        var results = new T[Classes];
        Parallel.For(0, Classes, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, one => results[one] = work(one));

        return results;
    }
}
