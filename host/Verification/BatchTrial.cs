using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>What one micro-batch shows, without a step being taken: its halves give the gradients of the whole, and bf16 gives those of fp32.</summary>
internal sealed class BatchTrial(SessionFactory sessions)
{
    private const double GradientTolerance = 0.02;   // of the norm of a gradient
    private const double Bf16LossTolerance = 0.05, Bf16GradientTolerance = 0.5;   // of the loss, and of the norm of all gradients together
    private const int FewestImages = 4;   // two halves of two

    /// <param name="recipe">The recipe.</param>
    public IReadOnlyList<PropertyResult> Check(ResolvedConfiguration recipe)
    {
        var (accumulation, single) = InFp32(recipe);
        using var expected = single;
        using var session = sessions.Create(With(recipe, TrainingPrecision.Bf16));
        using var batch = new FirstBatch(session);
        session.Experiment.Module.train();
        using var actual = batch.Run([batch.Whole]);

        return [accumulation, InBf16(session.Experiment.Module, expected, actual)];
    }

    private (PropertyResult Accumulation, BatchGradients Gradients) InFp32(ResolvedConfiguration recipe)
    {
        using var session = sessions.Create(With(recipe, TrainingPrecision.Fp32));
        using var batch = new FirstBatch(session);
        var accumulation = Accumulation(session, batch);
        session.Experiment.Module.train();

        return (accumulation, batch.Run([batch.Whole]));
    }

    // In evaluation mode: statistics of a batch couple its images whatever the method; the facts of a run tell of them.
    private static PropertyResult Accumulation(TrainingSession session, FirstBatch batch)
    {
        const string property = "accumulation";
        if (session.Experiment.Method is IBatchCoupled coupled)
        {
            return PropertyResult.NotChecked(property, $"micro-batches differ from one batch, as the method says: {coupled.BatchCoupling}");
        }

        if (batch.Whole.Size < FewestImages)
        {
            return PropertyResult.NotChecked(property, $"a micro-batch has {batch.Whole.Size} images; halves of two or more can be compared");
        }

        session.Experiment.Module.eval();
        using var scope = torch.NewDisposeScope();
        using var whole = batch.Run([batch.Even]);
        using var halves = batch.Run(batch.Halves);
        var deviations = Gradients.Compare(whole.Gradients, halves.Gradients);
        var off = deviations.FirstOrDefault(deviation => deviation.Exceeds(GradientTolerance));

        return new PropertyResult(property, off is null ? Outcome.Holds : Outcome.Fails, off is null
            ? $"one micro-batch of {2 * (batch.Whole.Size / 2)} images and two of half of it, in evaluation mode; gradients within {GradientTolerance}"
            : $"{ModuleNames.OfDeviation(session.Experiment.Module, off)}: two halves of a micro-batch give another gradient than the whole. Where the paper "
                + $"wants that, let the method state it with {nameof(IBatchCoupled)}").Measured(Relative(whole.Loss, halves.Loss), deviations);
    }

    private static PropertyResult InBf16(Module method, BatchGradients single, BatchGradients half)
    {
        var (loss, together) = (Relative(single.Loss, half.Loss), Gradients.WholeDifference(single.Gradients, half.Gradients));
        var deviations = Gradients.Compare(single.Gradients, half.Gradients);
        var holds = loss <= Bf16LossTolerance && together <= Bf16GradientTolerance;
        var numbers = FormattableString.Invariant($"all gradients together differ by {together:G3}, at most {Bf16GradientTolerance}; the loss may differ by ")
            + FormattableString.Invariant($"{Bf16LossTolerance}");

        return new PropertyResult("bf16 against fp32", holds ? Outcome.Holds : Outcome.Fails, holds || deviations.Count == 0 ? numbers
            : $"{ModuleNames.OfDeviation(method, deviations.MaxBy(off => off.Rank)!)}; {numbers}").Measured(loss, deviations);
    }

    private static ResolvedConfiguration With(ResolvedConfiguration recipe, TrainingPrecision precision) =>
        recipe with { Trainer = recipe.Trainer with { Precision = precision } };

    private static double Relative(double expected, double actual) => Math.Abs(expected - actual) / Math.Max(1, Math.Abs(expected));
}
