namespace Parallax.Plugins.Parts;

/// <summary>Every region of a view predicts the soft target of the region most like it in another view of the same image.</summary>
/// <remarks>
/// Li et al., "Efficient Self-supervised Vision Transformers for Representation Learning" (EsViT), ICLR 2022, equation (3),
/// https://arxiv.org/abs/2106.09785, as in the authors' code: the most similar region is that with the largest cosine between features of the backbone, and
/// the teacher's distribution is the target (the paper's formula has the two the other way round).
/// </remarks>
public static class RegionMatchingLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="student">Each view of the student.</param>
    /// <param name="teacher">The first views, as the teacher sees them: <c>teacher[v]</c> belongs to <c>student[v]</c> and is not predicted by it.</param>
    /// <param name="temperature">Divisor of the student's scores, positive.</param>
    /// <returns>Scalar, [], float32: mean over regions, images and pairs of different views.</returns>
    /// <exception cref="ArgumentException">There are fewer than two views, no teacher's view, or more than the student's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(IReadOnlyList<Regions> student, IReadOnlyList<Regions> teacher, double temperature)
    {
        Rows.RequireTemperature(temperature);
        if (student.Count < 2 || teacher.Count < 1 || teacher.Count > student.Count)
        {
            throw new ArgumentException($"{student.Count} views of the student and {teacher.Count} of the teacher came; expected at least two views, and the "
                + "first of them of the teacher.", nameof(student));
        }

        using var precision = Precision.Float32();
        List<Tensor> losses = [];
        for (var view = 0; view < student.Count; view++)
        {
            if (teacher.Where((_, other) => other != view).ToList() is { Count: > 0 } others)
            {
                using var scope = NewDisposeScope();
                var together = others.Select(other => Matched(student[view], other)).Aggregate((a, b) => a + b);   // [N, L, K], sums to their number
                var logs = F.log_softmax(student[view].Outputs.to(float32) / temperature, dim: 2);               // [N, L, K]
                losses.Add((-(together * logs).sum(2).mean()).MoveToOuterDisposeScope());                        // []
            }
        }

        return stack(losses).sum() / (teacher.Count * (student.Count - 1));   // []
    }

    // The target of the teacher's region that is most like each of the student's.
    private static Tensor Matched(Regions student, Regions teacher)
    {
        using var noGradients = no_grad();
        var (own, other) = (F.normalize(student.Features.to(float32), dim: 2), F.normalize(teacher.Features.to(float32), dim: 2));
        var match = own.matmul(other.transpose(1, 2)).argmax(2);      // [N, L]

        return Tokens.Take(teacher.Outputs.to(float32), match);       // [N, L, K]
    }
}

/// <summary>The regions of one view.</summary>
/// <param name="Features">Of the backbone, [N, L, D].</param>
/// <param name="Outputs">Of the head, [N, L, K]: scores of the student, probabilities of the teacher.</param>
public sealed record Regions(Tensor Features, Tensor Outputs);
