namespace Parallax.Host.Evaluation;

/// <summary>What a trained classifier gave for the held-out images, in index order; those that cannot be read are left out.</summary>
/// <param name="Values">Scores of the first image, then of the next, [M x classes].</param>
/// <param name="Labels">[M].</param>
/// <param name="Indices">Where the images are in the whole held-out split, [M].</param>
internal sealed record ClassScores(float[] Values, long[] Labels, long[] Indices)
{
    private const double Rounding = 1e-3;

    /// <summary>Copies them.</summary>
    /// <param name="images">[M, classes] float32 on the CPU, the labels, and which images they are.</param>
    public static ClassScores Of(EncodedImages images) =>
        new(images.Set.Features.contiguous().data<float>().ToArray(), images.Set.Labels.data<long>().ToArray(), [.. images.Indices]);

    /// <summary>Scores of each image.</summary>
    public IEnumerable<float[]> Rows => Values.Chunk(Values.Length / Math.Max(1, Labels.Length));

    /// <summary>The class that each image is taken for: that of its largest score, of two that are equal the first.</summary>
    public IReadOnlyList<long> Predicted => [.. Rows.Select(row => (long)Array.IndexOf(row, row.Max()))];

    /// <summary>Images with a score that is infinite or not a number.</summary>
    public int NotFinite => Rows.Count(row => !row.All(float.IsFinite));

    /// <summary>Whether the scores of every image are probabilities.</summary>
    public bool AreProbabilities => Rows.All(row => row.All(value => value >= 0) && Math.Abs(row.Sum() - 1) < Rounding);

    /// <summary>Share of the images whose largest mean score is that of their class; of two classes that are equal the first counts.</summary>
    /// <param name="other">For the same images, of as many classes.</param>
    public double AccuracyWith(ClassScores other)
    {
        var right = Rows.Zip(other.Rows, (own, others) => own.Zip(others, (one, two) => one + two).ToArray())
            .Zip(Labels, (sum, label) => Array.IndexOf(sum, sum.Max()) == label);

        return right.Average(isRight => isRight ? 1.0 : 0.0);
    }
}
