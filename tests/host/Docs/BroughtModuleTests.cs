using System.Text.Json.Nodes;
using Parallax.Host.Cli;
using Parallax.Host.Tests.EndToEnd;
using Parallax.Host.Tests.Scaffolding;

namespace Parallax.Host.Tests.Docs;

/// <summary>A module as TorchSharp's examples write it becomes a backbone with the few lines that the page shows, and trains in bfloat16.</summary>
public sealed class BroughtModuleTests : IDisposable
{
    private const int MostLinesAround = 9;

    private readonly Workplace _place = new();

    /// <summary>The code of the section: the module with the class that derives from it, then the class that holds it.</summary>
    internal static IReadOnlyList<string> Blocks => [.. Page.Open("docs/writing-a-plugin.md").Section("Bring your TorchSharp module").Blocks("csharp")];

    [Fact]
    public async Task Code_InAScaffoldedBackbone_TrainsInBFloat16()
    {
        var folder = _place.PathOf("my-net");
        var error = new StringWriter();
        var written = await Composition.RunAsync(["new", "backbone", "my-net", "--output", folder], new(TextWriter.Null, error, isTerminal: false));
        Assert.True(written == 0, error.ToString());
        File.WriteAllText(Path.Combine(folder, "src", "MyNet.cs"), string.Join('\n', Blocks));

        var (built, report) = await DotNet.Run("build", Path.Combine(folder, "src"), "-c", "Release");

        Assert.True(built == 0, report);
        Assert.Contains("0 Warning(s)", report, StringComparison.Ordinal);
        Assert.All(["my-net", "my-held-net"], backbone => AssertTrains(backbone, Path.Combine(folder, "plugin")));
    }

    [Fact]
    public void Lines_AroundTheModule_AreUnderTen()
    {
        var around = Blocks[0][Blocks[0].IndexOf("[Plugin(", StringComparison.Ordinal)..].Split('\n')
            .Where(line => line.Trim() is { Length: > 0 } code && !code.StartsWith("//", StringComparison.Ordinal));

        Assert.InRange(around.Count(), 1, MostLinesAround);
    }

    public void Dispose() => _place.Dispose();

    private void AssertTrains(string backbone, string plugin)
    {
        string[] settings =
        [
            $"backbone.name={backbone}", "trainer.precision=bf16", "trainer.maxSteps=3", "trainer.batchSize=32", "trainer.logEverySteps=1",
                "trainer.threads=1", "schedule.warmupEpochs=0",
            "data.count=128", "data.testCount=20", "method.queueSize=256", "evaluation.online=null", "evaluation.protocols=[]",
        ];
        var recipe = Path.Combine(RepositoryFiles.Root, "recipes", "demo.yaml");

        var trained = JsonNode.Parse(
            _place.Succeed(["train", recipe, "--plugins", plugin, "--json", .. settings.SelectMany(setting => new[] { "--set", setting })]).Output)!;

        var losses = _place.Curve((string)trained["run_id"]!, "train/loss");
        Assert.Equal(3, losses.Count);
        Assert.All(losses, point => Assert.True(double.IsFinite(point.Value)));
    }
}
