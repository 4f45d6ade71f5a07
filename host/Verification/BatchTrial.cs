using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>What one micro-batch shows, without a step being taken: its halves give the gradients of the whole, and bf16 gives those of fp32.</summary>
internal sealed class BatchTrial(SessionFactory sessions, TimeProvider time)
{
    private const double GradientTolerance = 0.02;   // of the norm of a gradient
    private const double Bf16LossTolerance = 0.05;   // of the loss
    private const double Bf16Factor = 5;             // what bf16 makes of gradients, by what rounded weights do: see docs/verify.md
    private const double Usual = 2;                  // the most of that in all small recipes but two
    private const double LeastBf16Tolerance = 0.05, MostBf16Tolerance = 0.75;   // of all gradients together; where they are lost or doubled as a whole, 1
    private const int FewestImages = 4;   // two halves of two

    /// <param name="recipe">The recipe.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>The properties, and what the gradients of the micro-batch are like.</returns>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public (IReadOnlyList<PropertyResult> Results, FirstGradients Gradients) Check(ResolvedConfiguration recipe, CancellationToken stop)
    {
        using var scope = torch.NewDisposeScope();
        var (accumulation, single, ofFloat32, ofBf16, start) = InFp32(recipe, stop);
        using var expected = single;
        using var session = sessions.Create(With(recipe, TrainingPrecision.Bf16));
        session.Experiment.Module.load_state_dict(start);   // work before the epoch may give other labels in bf16
        using var batch = new FirstBatch(session);
        session.Experiment.Module.train();
        using var actual = batch.Run([batch.Whole]);

        return ([accumulation, InBf16(session.Experiment.Module, expected, actual, ofBf16)],
            new(Gradients.Norm(expected.Gradients.Values), ofFloat32));
    }

    private (PropertyResult Accumulation, BatchGradients Gradients, double OfFloat32, double OfBf16, Dictionary<string, Tensor> Start) InFp32(
        ResolvedConfiguration recipe, CancellationToken stop)
    {
        using var session = sessions.Create(With(recipe, TrainingPrecision.Fp32));
        BeginEpoch(session, time, stop);
        using var batch = new FirstBatch(session);
        var method = session.Experiment.Module;
        var start = method.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());   // weights are rounded below
        var accumulation = Accumulation(session, batch);
        method.train();
        var gradients = batch.Run([batch.Whole]);

        return (accumulation, gradients, RoundedWeights.Effect(method, batch, gradients, RoundedWeights.Float32Sums),
            RoundedWeights.Effect(method, batch, gradients, RoundedWeights.Bf16), start);
    }

    /// <summary>Does what the method does before the first epoch, as a training does: its first batch may need labels of it.</summary>
    internal static void BeginEpoch(TrainingSession session, TimeProvider time, CancellationToken stop)
    {
        if (new Trainer(session, TrainerCallbacks.None, time).BeginEpoch(stop))
        {
            throw new OperationCanceledException(stop);
        }
    }

    // In evaluation mode: statistics of a batch couple its images whatever the method; the facts of a run tell of them.
    private static PropertyResult Accumulation(TrainingSession session, FirstBatch batch)
    {
        const string property = "accumulation";
        if (session.Experiment.Method is IBatchCoupled { BatchCoupling.Length: > 0 } coupled)
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
        var difference = GradientDifference.Of(whole.Gradients, halves.Gradients);
        var off = difference.Each.FirstOrDefault(deviation => deviation.Exceeds(GradientTolerance));

        return new PropertyResult(property, off is null ? Outcome.Holds : Outcome.Fails, off is null
            ? $"one micro-batch of {2 * (batch.Whole.Size / 2)} images and two of half of it, in evaluation mode; gradients within {GradientTolerance}"
            : $"{ModuleNames.OfDeviation(session.Experiment.Module, off)}: two halves of a micro-batch give another gradient than the whole. Where the paper "
                + $"wants that, let the method state it with {nameof(IBatchCoupled)}").Measured(Tolerance.ShareOfLoss(whole.Loss, halves.Loss), difference);
    }

    /// <summary>Compares gradients in bf16 with those in fp32.</summary>
    /// <param name="method">The method.</param>
    /// <param name="single">In fp32.</param>
    /// <param name="half">In bf16.</param>
    /// <param name="ofWeights">How far all gradients move when weights alone are rounded to bf16: how far they may be off is a matter of the network.</param>
    internal static PropertyResult InBf16(Module method, BatchGradients single, BatchGradients half, double ofWeights)
    {
        const string property = "bf16 against fp32";
        var (loss, off) = (Tolerance.ShareOfLoss(single.Loss, half.Loss), GradientDifference.Of(single.Gradients, half.Gradients));
        var most = Math.Clamp(Bf16Factor * ofWeights, LeastBf16Tolerance, MostBf16Tolerance);
        var holds = loss <= Bf16LossTolerance && !off.Exceeds(most);
        var isHidden = Usual * ofWeights > MostBf16Tolerance && loss <= Bf16LossTolerance && !off.Exceeds(Bf16Factor * ofWeights);
        var numbers = FormattableString.Invariant($"gradients may differ by {most:G3}: bf16 in the weights alone makes {ofWeights:G3}; the loss by ")
            + FormattableString.Invariant($"{Bf16LossTolerance}");

        if (!holds && isHidden)
        {
            return new PropertyResult(property, Outcome.NotChecked, FormattableString.Invariant(
                $"rounding hides it: bf16 in the weights alone makes {ofWeights:G3}, and bf16 as a whole often twice that; beyond {MostBf16Tolerance} ")
                + "nothing is checked").Measured(loss, off);
        }

        return new PropertyResult(property, holds ? Outcome.Holds : Outcome.Fails,
            holds || off.Largest is null ? numbers : $"{ModuleNames.OfDeviation(method, off.Largest)}; {numbers}").Measured(loss, off);
    }

    private static ResolvedConfiguration With(ResolvedConfiguration recipe, TrainingPrecision precision) =>
        recipe with { Trainer = recipe.Trainer with { Precision = precision } };
}
