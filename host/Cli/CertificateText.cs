using Parallax.Host.Verification;

namespace Parallax.Host.Cli;

/// <summary>A certificate for people.</summary>
internal static class CertificateText
{
    public static void Write(CliOutput output, Certificate certificate)
    {
        output.Table(
            ["property", "result", "gradients", "largest", "loss", "what"],
            certificate.Properties.Select(property => (string[])
            [
                property.Property, Word(property.Outcome), Number(property.GradientDifference), Largest(property), Number(property.LossDifference),
                property.Detail,
            ]), whole: 2, isNamed: true);
        output.Line();
        var facts = certificate.Facts;
        output.Line($"Effective batch: {Batch(facts)}.");
        output.Line(FormattableString.Invariant($"Learning rate: {facts.PeakLearningRate:G4} at its peak, ")
            + $"{(facts.IsScaled ? "scaled by the batch as the recipe says" : "whatever the batch")}, after "
            + FormattableString.Invariant($"{facts.WarmupSteps:N0} steps of warm-up; {facts.FinalLearningRate:G4} at the last of ")
            + FormattableString.Invariant($"{facts.TotalSteps:N0} steps."));
        output.Line(BatchNorm(facts));
        output.Line(certificate.Holds ? "Nothing that was checked differs." : "Not the same: see the rows that fail.");
    }

    private static string Batch(RunFacts facts) => FormattableString.Invariant($"{facts.EffectiveBatch:N0} images per optimizer step")
        + (facts.MicroBatches == 1 ? ""
            : FormattableString.Invariant($", in {facts.MicroBatches} micro-batches of {facts.EffectiveBatch / facts.MicroBatches:N0}"))
        + FormattableString.Invariant($"; {facts.EffectiveBatch / facts.MicroBatches / facts.Processes:N0} at a time in each of {facts.Processes} processes");

    private static string BatchNorm(RunFacts facts) => facts.BatchNormLayers == 0 ? "Batch normalisation: none."
        : FormattableString.Invariant($"Batch normalisation: {facts.BatchNormLayers} layers, statistics of {facts.ImagesPerNormalisation:N0} images at a time")
            + (facts.BatchNormRisk is { } risk ? $". Risk: {risk}" : ".");

    private static string Largest(PropertyResult property) =>
        Number(property.LargestGradientDifference) + (property.Parameter is { } parameter ? $" in {parameter}" : "");

    private static string Number(double? share) => share is { } value ? FormattableString.Invariant($"{value:G3}") : "";

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Holds => "holds",
        Outcome.Fails => "fails",
        _ => "not checked",
    };
}
