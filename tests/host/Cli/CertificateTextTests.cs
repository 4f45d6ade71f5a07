using Parallax.Host.Cli;
using Parallax.Host.Terminal;
using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Cli;

public sealed class CertificateTextTests
{
    [Fact]
    public void Write_Certificate_HasARowPerPropertyAndTheFacts()
    {
        using var output = new StringWriter();
        var facts = new RunFacts("any", 256, 4, 2, 1000, 100, 0.03, 0.0001, BatchNormLayers: 20, ImagesPerNormalisation: 64, BatchNormRisk: "few.")
        {
            IsScaled = true,
        };
        var certificate = new Certificate(facts,
        [
            new("same seed twice", Outcome.Holds, "bit for bit") { LossDifference = 0, GradientDifference = 0, LargestGradientDifference = 0 },
            new("killed and resumed", Outcome.Fails, "step 3: module 'a'")
            {
                LossDifference = 0.25, GradientDifference = 0.125, LargestGradientDifference = 0.5, Parameter = "a.weight",
            },
            PropertyResult.NotChecked("several processes", "no mpirun"),
        ]);

        CertificateText.Write(new(output, TextWriter.Null, isTerminal: false), certificate);

        Assert.False(certificate.Holds);
        Assert.Equal(
        [
            "property\tresult\tgradients\tlargest\tloss\twhat",
            "same seed twice\tholds\t0\t0\t0\tbit for bit",
            "killed and resumed\tfails\t0.125\t0.5 in a.weight\t0.25\tstep 3: module 'a'",
            "several processes\tnot checked\t\t\t\tno mpirun",
            "",
            "Effective batch: 256 images per optimizer step, in 4 micro-batches of 64; 32 at a time in each of 2 processes.",
            "Learning rate: 0.03 at its peak, scaled by the batch as the recipe says, after 100 steps of warm-up; 0.0001 at the last of 1,000 steps.",
            "Batch normalisation: 20 layers, statistics of 64 images at a time. Risk: few.",
            "Not the same: see the rows that fail.",
        ], output.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public void Write_RateThatIsNotScaled_DoesNotSayThatItIs()
    {
        using var output = new StringWriter();

        CertificateText.Write(new(output, TextWriter.Null, isTerminal: false), new(new("any", 8, 1, 1, 10, 2, 0.1, 0, 0, 8, null), []));

        Assert.Contains("Learning rate: 0.1 at its peak, whatever the batch, after 2 steps of warm-up;", output.ToString(), StringComparison.Ordinal);
    }
}
