using System.Diagnostics;
using Parallax.Host.Tracking;
using Parallax.Host.Tests.Tracking;

namespace Parallax.Host.Tests.Cli;

/// <summary>What a shell offers, by the scripts as they are printed and the program as it is built.</summary>
public sealed class CompletionTests : IDisposable
{
    private static readonly string Host = Path.Combine(RepositoryFiles.Plugins, "..", "Parallax.Host.dll");

    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("tr", "train")]
    [InlineData("runs co", "compare")]
    [InlineData("train simclr/sm", "simclr/small")]
    [InlineData("train --re", "--resume")]
    [InlineData("train simclr/small --res", "--resume")]
    [InlineData("train simclr/small --set trainer.epo", "trainer.epochs=")]
    [InlineData("train simclr/small --set backbone.name=resnet2", "backbone.name=resnet20")]
    [InlineData("evaluate x --protocol knn-lightly,finetune-sm", "knn-lightly,finetune-small")]
    [InlineData("describe shap", "shapes")]
    [InlineData("pack --data video-f", "video-folder")]
    [InlineData("leaderboard leaderboards/fight", "leaderboards/fight-clips-small")]
    [InlineData("list meth", "methods")]
    [InlineData("completion ba", "bash")]
    [InlineData("export x --format o", "onnx")]
    [InlineData("embed x --split te", "test")]
    [InlineData("embed x --features cl", "class")]
    [InlineData("train no-such-method", "")]
    public async Task Complete_WordBegun_IsWhatItCanBe(string line, string expected)
    {
        using var output = new StringWriter();

        var code = await Composition.RunAsync(
            ["complete", "--plugins", RepositoryFiles.Plugins, "--", line], new(output, TextWriter.Null, isTerminal: false));

        Assert.Equal(0, code);
        Assert.Equal(expected, output.ToString().TrimEnd());
    }

    [Fact]
    public async Task Complete_NothingBegun_OffersCommandsAndNoOptions()
    {
        using var output = new StringWriter();

        await Composition.RunAsync(["complete", "--", ""], new(output, TextWriter.Null, isTerminal: false));

        var offered = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("train", offered);
        Assert.DoesNotContain("complete", offered);
        Assert.All(offered, name => Assert.Matches("^[a-z]+$", name));
    }

    [Theory]
    [InlineData("parallax ru", "runs")]
    [InlineData("parallax train simclr/sm", "simclr/small")]
    [InlineData("parallax train simclr/small --set backbone.name=resnet2", "resnet20")]   // bash has cut at the =
    [InlineData("parallax train simclr/small --set trainer.batchS", "trainer.batchSize=")]
    public void Bash_WordBegun_CompletesIt(string line, string expected) => Assert.Equal(expected, Bash(line));

    [Fact]
    public void Bash_BeginningOfARun_CompletesIt()
    {
        var run = _place.Start();
        run.End(RunOutcome.Finished);

        Assert.Equal(run.RunId, Bash($"parallax runs show {run.RunId[..3]}"));
        Assert.Equal(run.RunId, Bash($"parallax evaluate {run.RunId[..3]}"));
    }

    [Fact]
    public async Task Complete_StoreOnTheLine_OffersItsRuns()
    {
        var run = _place.Start();
        run.End(RunOutcome.Finished);
        using var output = new StringWriter();

        await Composition.RunAsync(["complete", "--", $"runs --uri sqlite:///{_place.Database} show {run.RunId[..3]}"],
            new(output, TextWriter.Null, isTerminal: false));

        Assert.Equal(run.RunId, output.ToString().TrimEnd());
    }

    [Theory]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "--no-execute")]
    public async Task Script_OfOtherShells_IsParsedByThem(string shell, string check)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, shell)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{shell} is not installed here.");
        using var script = new StringWriter();

        await Composition.RunAsync(["completion", shell], new(script, TextWriter.Null, isTerminal: false));

        var (code, text) = Run(program!, [check, _place.WriteFile("script", script.ToString())]);
        Assert.True(code == 0, text);
    }

    /// <summary>What bash has in COMPREPLY after the function of the script, called as bash calls it.</summary>
    private string Bash(string line)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        const string call = """
            eval "$(dotnet "$HOST" completion bash)"
            parallax() { dotnet "$HOST" "$@"; }
            COMP_LINE=$1
            COMP_POINT=${#1}
            read -ra COMP_WORDS <<< "${1//=/ = }"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _parallax
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var (code, text) = Run("/bin/bash", ["-c", call, "bash", line]);
        Assert.True(code == 0, text);

        return text.TrimEnd();
    }

    private (int Code, string Text) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOST"] = Host;
        start.Environment["HOME"] = _place.Folder;
        start.Environment["MLFLOW_TRACKING_URI"] = "sqlite:///" + _place.Database;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
