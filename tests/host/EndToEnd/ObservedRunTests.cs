using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>Measuring the machine and observing steps leave a run as it is, bit for bit.</summary>
public sealed class ObservedRunTests : IDisposable
{
    private const string Auto = "trainer.threads=auto", AutoWorkers = "trainer.workers=auto";
    private readonly List<Workplace> _places = [];

    public void Dispose() => _places.ForEach(place => place.Dispose());

    [Fact]
    public void Train_WithAuto_IsTheRunOfTheNumbersThatWereMeasured_AndSoIsAResumedOne()
    {
        var measured = Run("--set", Auto, "--set", AutoWorkers, "--set", "trainer.maxSteps=12");
        var folder = measured.Place.RunFolder()!;
        var chosen = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("machine");
        var (threads, workers) = (chosen.GetProperty("threads").GetInt32(), chosen.GetProperty("workers").GetInt32());
        var (setThreads, setWorkers) = (Invariant($"trainer.threads={threads}"), Invariant($"trainer.workers={workers}"));

        var given = Run("--set", setThreads, "--set", setWorkers, "--set", "trainer.maxSteps=12");
        var first = Run("--set", Auto, "--set", AutoWorkers, "--set", "trainer.maxSteps=7");

        Assert.Contains(Invariant($"auto: trainer.threads {threads}, trainer.workers {workers}. Measured on this machine now: "), measured.Error,
            StringComparison.Ordinal);
        Assert.Contains("threads: auto", File.ReadAllText(Path.Combine(folder, "recipe.yaml")), StringComparison.Ordinal);
        Assert.Equal(Invariant($"{threads}"), measured.Place.TrackedRuns().Single().Tags["parallax.auto.threads"]);
        Assert.True(measured.Values.SequenceEqual(given.Values), "The weights differ from those of the same numbers.");

        // Whatever the first part found, its second part does not measure again.
        var resumed = first.Place.Succeed("train", first.Place.Recipe, "--resume", Path.GetFileName(first.Place.RunFolder()!), "--set", Auto,
            "--set", AutoWorkers, "--set", "trainer.maxSteps=12");
        Assert.DoesNotContain("auto: ", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(12, first.Place.TrackedRuns().Single().Metrics["train/loss"].Step);
    }

    [Fact]
    public void Train_WithAProfile_IsTheSameRunAndWritesATraceOfItsSteps()
    {
        var plain = Run("--set", "trainer.maxSteps=9");
        var observed = Run("--set", "trainer.maxSteps=9", "--profile", "3");

        Assert.True(plain.Values.SequenceEqual(observed.Values), "Observing changed the weights.");
        Assert.Contains("Profile of 3 steps: ", observed.Error, StringComparison.Ordinal);
        var folder = observed.Place.RunFolder()!;
        var events = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "profile.json"))).RootElement.GetProperty("traceEvents").EnumerateArray()
            .Where(e => e.GetProperty("ph").GetString() == "X").ToLookup(e => e.GetProperty("cat").GetString(), e => e.GetProperty("name").GetString()!);
        Assert.Equal(["step 6", "step 7", "step 8"], events["step"]);
        Assert.Equal(["backward", "data", "forward", "optimizer"], events["phase"].Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("aten::convolution_backward", events["operator"]);
        Assert.Contains(File.ReadAllLines(Path.Combine(folder, "profile.txt")), line => line.Contains("aten::mkldnn_convolution", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    public void Train_ProfileOfNoOrTooManySteps_IsRefused(string steps)
    {
        var place = Place();

        var result = place.Run("train", place.Recipe, "--profile", steps);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--profile is {steps}; expected the number of steps to observe, 1 to 1,000.", result.Error, StringComparison.Ordinal);
        Assert.Empty(place.Written());
    }

    [Fact]
    public void Train_AutoThatIsMisspelt_SaysWhatIsExpected()
    {
        var place = Place();

        var result = place.Run("train", place.Recipe, "--set", "trainer.threads=automatic");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("trainer.threads is 'automatic'; expected a whole number or auto.", result.Error, StringComparison.Ordinal);
    }

    private (Workplace Place, byte[] Values, string Error) Run(params string[] options)
    {
        var place = Place();
        var result = place.Succeed(["train", place.Recipe, "--set", "evaluation.online=null", .. options]);
        var bytes = File.ReadAllBytes(new CheckpointStore(Path.Combine(place.RunFolder()!, "checkpoints"), keep: 1).Latest!);

        return (place, bytes[(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes))..], result.Error);
    }

    private Workplace Place()
    {
        _places.Add(new());

        return _places[^1];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
