using System.Text.Json.Nodes;
using Parallax.Host.Cli;
using Parallax.Host.Tests.Plugins;

namespace Parallax.Host.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly PluginProjects _projects = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly string _plugins;

    public CommandLineTests() => _plugins = _projects.Add("SoundPlugins");

    [Fact]
    public async Task List_NoTerminal_PrintsPlainColumns()
    {
        var code = await Run("list", "augmentations");

        Assert.Equal(0, code);
        Assert.Contains("augmentation\techo\tRepeats itself.\tOn Echoes, Mountain Letters 2001"
            + Environment.NewLine, _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\thum\t", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_HoldsNamesAndPapers()
    {
        await Run("list", "augmentations", "--json");

        var echo = JsonNode.Parse(_output.ToString())!.AsArray().Single(plugin => (string)plugin!["name"]! == "echo")!;
        Assert.Equal("On Echoes", (string)echo["paper"]!["title"]!);
        Assert.Equal(2001, (int)echo["paper"]!["year"]!);
        Assert.Equal("https://arxiv.org/abs/0101.00001", (string)echo["paper"]!["link"]!);
    }

    [Fact]
    public async Task List_RejectedPlugin_IsNamedBesideTheResult()
    {
        File.Delete(Path.Combine(_plugins, "SoundLibrary.dll"));

        var code = await Run("list");

        Assert.Equal(0, code);
        Assert.Contains("rejected: echo: A dependency is missing", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_Plugin_ShowsOptionsWithDefaultRangeAndMeaning()
    {
        await Run("describe", "echo");

        Assert.Contains("strength\t0.5\ta number, [0, 1)\tShare of the sound that comes back, a fraction in [0, 1). Ours.", _output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("N. Nymph, \"On Echoes\"", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_PluginWithAMovedOption_SaysWhere()
    {
        await Run("describe", "hum");

        Assert.Contains($"{Environment.NewLine}pitch: high is now the method 'whistle'.{Environment.NewLine}", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Kind of pretext task: cross-modal: audio and video; pseudo-label: pair relation", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pitch: low", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_RenamedPlugin_SaysItsFormerNames()
    {
        await Run("list", "methods");

        Assert.Contains("method\thum\tHums. Formerly murmur, buzz.\t", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_Section_ShowsTheHostsOptions()
    {
        await Run("describe", "trainer");

        Assert.Contains("batchSize\t256\ta whole number, [2, 65536]\tImages per optimizer step", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_Schema_AllowsOnlyTheKeysOfEachPlugin()
    {
        await Run("describe", "--schema");

        var schema = JsonNode.Parse(_output.ToString())!;
        var hum = schema["properties"]!["method"]!["oneOf"]!.AsArray().Single(method => (string?)method!["properties"]?["name"]?["const"] == "hum")!;
        Assert.Equal(["name", "temperature", "queueSize", "length"], hum["properties"]!.AsObject().Select(pair => pair.Key)
            .OrderBy(key => key == "name" ? 0 : 1));
        Assert.Equal(0.0, (double)hum["properties"]!["temperature"]!["exclusiveMinimum"]!);
        Assert.False((bool)hum["additionalProperties"]!);
    }

    [Theory]
    [InlineData("lsit", "There is no command 'lsit'. Did you mean 'list'?")]
    [InlineData("list methodes", "Argument 'methodes' not recognized.")]
    [InlineData("describe echoo", "There is no plugin or section 'echoo'. Did you mean 'echo'?")]
    [InlineData("describe murmur", "The method 'murmur' is now 'hum'. Write hum.")]
    [InlineData("describe", "Which one? Give the name of a plugin")]
    public async Task Run_UserError_IsExplainedWithExitCode2(string line, string expected)
    {
        var code = await Run(line.Split(' '));

        Assert.Equal(2, code);
        Assert.StartsWith(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runs compare", "'parallax runs compare --help' shows what is expected.")]
    [InlineData("train", "'parallax train --help' shows what is expected.")]
    [InlineData("--no-such-option", "'parallax --help' shows what is expected.")]
    public async Task Run_CommandThatIsWrong_NamesItsHelp(string line, string expected)
    {
        await Run(line.Split(' '));

        Assert.EndsWith(expected + Environment.NewLine, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownCommand_ListsThoseThatAreShown()
    {
        await Run("no-such-command");

        Assert.Contains("Known: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(" completion,", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(" complete,", _error.ToString(), StringComparison.Ordinal);   // for the scripts of shells
    }

    [Theory]
    [InlineData("list")]
    [InlineData("describe")]
    [InlineData("doctor")]
    [InlineData("new")]
    public async Task Help_EveryCommand_ShowsAnExample(string command)
    {
        var code = await Run(command, "--help");

        Assert.Equal(0, code);
        Assert.Contains($"parallax {command}", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Examples:{Environment.NewLine}  parallax {command}", _output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _projects.Dispose();

    private Task<int> Run(params string[] arguments) =>
        Composition.RunAsync([.. arguments, "--plugins", _plugins], new(_output, _error, isTerminal: false));
}
