namespace Parallax.Host.Evaluation;

/// <summary>What a trained classifier gave for the held-out images, in index order; those that cannot be read are left out.</summary>
/// <param name="Values">Scores of the first image, then of the next, [M x classes].</param>
/// <param name="Labels">[M].</param>
internal sealed record ClassScores(float[] Values, long[] Labels)
{
    private const double Rounding = 1e-3;

    /// <summary>Copies them.</summary>
    /// <param name="scores">[M, classes] float32 on the CPU, and the labels.</param>
    public static ClassScores Of(FeatureSet scores) => new(scores.Features.contiguous().data<float>().ToArray(), scores.Labels.data<long>().ToArray());

    /// <summary>Scores of each image.</summary>
    public IEnumerable<float[]> Rows => Values.Chunk(Values.Length / Math.Max(1, Labels.Length));

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
