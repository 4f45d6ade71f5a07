using System.Globalization;
using System.Text.Json.Nodes;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.Plugins;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A run that fails leaves what repeats its last steps, and <c>replay</c> finds the module that broke.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly PluginProjects _plugins = new();

    public ReplayTests() => _plugins.Add("FragilePlugins");

    public void Dispose()
    {
        _plugins.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData(7, "step-00000005.safetensors", 5)]   // a checkpoint every 5 steps
    [InlineData(3, null, 0)]
    public void Replay_OfAStepThatMadeNaN_IsTheSameBitsAndNamesTheModule(int step, string? checkpoint, int from)
    {
        var failed = Fail(step, "forward");
        Assert.StartsWith($"The loss is NaN at step {step} ", failed.ErrorLines[^1], StringComparison.Ordinal);
        var run = Path.GetRelativePath(_place.Folder, _place.RunFolder()!);
        Assert.EndsWith(
            Invariant($": parallax replay {run} --step {step} --plugins {ShellCommand.Word(_plugins.Root)}"), failed.ErrorLines[^2], StringComparison.Ordinal);
        var box = JsonNode.Parse(File.ReadAllText(InBox("steps.json")))!;
        var end = box["steps"]!.AsArray()[^1]!;
        Assert.Equal((step, step - 1, "NaN"), ((int)end["step"]!, (int)box["weightsStep"]!, (string)end["loss"]!));
        Assert.True(checkpoint is null || File.Exists(InBox(checkpoint)));
        var before = Written();

        var replayed = Replay();

        Assert.True(replayed.ExitCode == 0, replayed.ToString());
        var found = JsonNode.Parse(replayed.Output)!;
        Assert.Equal((step, from, step - from), ((int)found["step"]!, (int)found["from"]!, (int)found["compared"]!));
        Assert.Equal(("NaN", null), ((string)found["loss"]!, (string?)found["difference"]));
        Assert.Equal("head.root", (string)found["first"]!["module"]!);
        var root = found["modules"]!.AsArray().Single(row => (string)row!["module"]! == "head.root")!;
        Assert.Equal(("Root", 1, 1.0), ((string)root["type"]!, (int)root["calls"]!, (double)root["non_finite_share"]!));
        Assert.All(new[] { "mean", "deviation", "largest" }, number => Assert.Null(root[number]));   // there are no values that have one
        Assert.Equal(before, Written());   // the replay has written nothing
    }

    [Theory]
    [InlineData(7, " The newest checkpoint is that of step 5.")]
    [InlineData(3, "")]
    public void Run_ThatMadeNaN_SaysWhyInItsRecord(int step, string kept)
    {
        var failed = Fail(step, "forward");

        var run = Path.GetFileName(_place.RunFolder()!);
        var message = failed.ErrorLines[^1];
        Assert.EndsWith($"or set trainer.clipGradNorm.{kept}", message, StringComparison.Ordinal);
        var shown = _place.Succeed("runs", "show", run).Output;
        Assert.Contains($"failure\t{message}\n", shown, StringComparison.Ordinal);
        Assert.Contains(Invariant($"last step\tparallax replay {run} --step {step}\n"), shown, StringComparison.Ordinal);
        Assert.Contains("parallax.verdict\tdiverging\n", shown, StringComparison.Ordinal);
        Assert.Contains(Invariant($"parallax.verdict.cause\tthe loss is NaN at step {step}, from "), shown, StringComparison.Ordinal);
        var evaluated = _place.Run("evaluate", run, "--protocol", "knn-lightly", "--plugins", _plugins.Root);
        Assert.Equal(kept.Length == 0, evaluated.Error.Contains(
            "': it failed at step 3, before its first checkpoint, or they were removed. Correct what ended it and train again.", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_ToItsEnd_HasTheVerdictOfTheEndInItsRecord()
    {
        var trained = _place.Succeed("train", _place.Recipe, "--set", "evaluation.online=null").Output;

        var tags = JsonNode.Parse(_place.Succeed("runs", "show", Path.GetFileName(_place.RunFolder()!), "--json").Output)!["tags"]!;
        Assert.Contains(
            $"Without labels it looks {(string)tags["parallax.verdict"]!}: {(string)tags["parallax.verdict.cause"]!}.", trained, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_OfAStepBeforeIt_IsFiniteAndTheSameBits()
    {
        Fail(7, "forward");

        var replayed = Replay("--step", "6");

        Assert.True(replayed.ExitCode == 0, replayed.ToString());
        var found = JsonNode.Parse(replayed.Output)!;
        Assert.Null(found["first"]);
        Assert.All(found["modules"]!.AsArray(), row => Assert.Equal(0, (double)row!["non_finite_share"]!));
        Assert.All(
            found["modules"]!.AsArray().Where(row => ((string)row!["module"]!).StartsWith("head", StringComparison.Ordinal)),
            row => Assert.True((double)row!["gradient_norm"]! > 0));
    }

    [Fact]
    public void Replay_OfABackwardPassThatMadeNaN_SendsToTheStepBeforeAndNamesTheModuleThere()
    {
        Fail(7, "backward");   // the weights after step 7 are no numbers, so the loss of step 8 is none

        var last = JsonNode.Parse(Replay().Output)!;
        var cause = JsonNode.Parse(Replay("--step", "7").Output)!;

        Assert.Equal(8, (int)last["step"]!);
        Assert.EndsWith("was no finite number before step 8 began: see the step before it, --step 7.", (string)last["first"]!["text"]!,
            StringComparison.Ordinal);
        Assert.Equal("head.root", (string)cause["first"]!["module"]!);
        Assert.StartsWith("backward of 'head.root' (Root)", (string)cause["first"]!["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_OfAStepThatEndedWithAnException_ShowsItAgain()
    {
        var failed = Fail(7, "error");
        Assert.Equal(1, failed.ExitCode);

        var replayed = _place.Run("replay", _place.RunFolder()!, "--plugins", _plugins.Root);

        Assert.True(replayed.ExitCode == 0, replayed.ToString());
        Assert.Contains("It ended with: It broke on purpose.", replayed.Output, StringComparison.Ordinal);
        Assert.StartsWith("module\ttype\tcalls\tmean\tstd\tmax |x|\tnot finite\tgradient norm\n", replayed.Output, StringComparison.Ordinal);
        Assert.Contains("head.first\tLinear\t1\t", replayed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("head.root", replayed.Output, StringComparison.Ordinal);   // it gave nothing
    }

    [Fact]
    public void Replay_ThatBreaksByItself_IsNotTheSame()
    {
        Fail(7, "forward");   // its loss is NaN, which is recorded

        var replayed = Replay("--set", "method.breaks=error");

        Assert.Equal(2, replayed.ExitCode);
        Assert.Equal("Step 7 came to its end in the run, and ended here with: It broke on purpose.", replayed.ErrorLines[^1]);
    }

    [Fact]
    public void Replay_OfOtherImages_SaysThatTheBatchIsAnother()
    {
        Fail(3, "forward");

        var replayed = Replay("--set", "data.classes=2");

        Assert.Equal(2, replayed.ExitCode);
        Assert.StartsWith("The batch of step 1 is not that of the run: its images, or how they are augmented, have changed.", replayed.ErrorLines[^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_OfARunThatWentOn_BeginsWhereItDidAndRefusesWhatWasBefore()
    {
        string[] fragile = ["--plugins", _plugins.Root, "--set", "method={name: fragile, step: 9}", "--set", "evaluation.online=null"];
        _place.Succeed(["train", _place.Recipe, "--set", "trainer.maxSteps=6", .. fragile]);
        var runId = Path.GetFileName(_place.RunFolder()!);
        _place.Run(["train", _place.Recipe, "--set", "trainer.maxSteps=12", "--resume", runId, .. fragile]);

        var last = Replay();
        var earlier = Replay("--step", "6");

        Assert.True(last.ExitCode == 0, last.ToString());
        var found = JsonNode.Parse(last.Output)!;
        Assert.Equal((9, 8, 1), ((int)found["step"]!, (int)found["from"]!, (int)found["compared"]!));   // the checkpoint at the end of the first epoch
        Assert.Equal(2, earlier.ExitCode);
        Assert.Contains("the run went on at step 6, what was trained before that may have had other settings", earlier.ErrorLines[^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_OfARunThatDidNotFail_ComparesNothingAndSaysSo()
    {
        _place.Succeed("train", _place.Recipe, "--set", "trainer.maxSteps=6", "--set", "evaluation.online=null");

        var unnamed = _place.Run("replay", _place.RunFolder()!);
        var replayed = _place.Succeed("replay", _place.RunFolder()!, "--step", "6");
        var beyond = _place.Run("replay", _place.RunFolder()!, "--step", "7");

        Assert.Equal((2, 2), (unnamed.ExitCode, beyond.ExitCode));
        Assert.EndsWith("did not fail, so it names no step. Say which one to train again: --step N.", unnamed.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("The run recorded nothing to compare with", replayed.Output, StringComparison.Ordinal);
        Assert.Equal("--step is 7; expected 1 to 6, the steps of the run.", beyond.ErrorLines[^1]);
    }

    private ProgramResult Fail(int step, string breaks)
    {
        var failed = _place.Run(
            "train", _place.Recipe, "--plugins", _plugins.Root, "--set", Invariant($"method={{name: fragile, step: {step}, breaks: {breaks}}}"),
            "--set", "evaluation.online=null");
        Assert.True(failed.ExitCode != 0, failed.ToString());

        return failed;
    }

    private ProgramResult Replay(params string[] options) =>
        _place.Run(["replay", _place.RunFolder()!, "--plugins", _plugins.Root, "--json", .. options]);

    private string InBox(string file) => Path.Combine(_place.RunFolder()!, "black-box", file);

    private (string Path, DateTime Time)[] Written() => [.. _place.Written().Select(path => (path, File.GetLastWriteTimeUtc(path)))];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
