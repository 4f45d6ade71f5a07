using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Cli;
using Parallax.Host.Tests.EndToEnd;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Tests.Docs;

/// <summary>The files of <c>eng/deploy/</c>, as far as they can be checked without a cluster.</summary>
public sealed class DeploymentTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "eng", "deploy");

    [Fact]
    public void MpiJob_Parsed_StartsTheProgramOnAllSlots()
    {
        var job = new YamlStream();
        job.Load(new StringReader(File.ReadAllText(Path.Combine(Folder, "mpijob.yaml"))));
        var spec = job.Documents[0].RootNode["spec"];
        var launcher = spec["mpiReplicaSpecs"]["Launcher"]["template"]["spec"]["containers"][0];
        string[] command = [.. ((YamlSequenceNode)launcher["command"]).Select(word => ((YamlScalarNode)word).Value!)];

        var slots = Number(spec["slotsPerWorker"]) * Number(spec["mpiReplicaSpecs"]["Worker"]["replicas"]);
        Assert.Equal($"{slots}", command[Array.IndexOf(command, "-n") + 1]);
        var program = Array.FindIndex(command, word => word.EndsWith("/Parallax.Host", StringComparison.Ordinal));   // not by PATH: ssh sets its own
        Assert.True(program > 0, string.Join(' ', command));
        Assert.Contains("PARALLAX_NO_INSTALL=1", command[..program]);
        Assert.Empty(Errors(command[(program + 1)..]));
        Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, "recipes", "moco-v2", "imagenet.yaml")));
    }

    [Fact]
    public void Sbatch_Bash_ParsesIt()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-n", Path.Combine(Folder, "train.sbatch")]) { RedirectStandardError = true })!;
        var error = bash.StandardError.ReadToEnd();
        bash.WaitForExit();

        Assert.True(bash.ExitCode == 0, error);
    }

    [Fact]
    public void Files_NotRunAnywhere_SayInTheirFirstLinesThatTheyAreUntested() => Assert.All(
        Directory.EnumerateFiles(Folder).Where(file => !file.EndsWith(".dockerignore", StringComparison.Ordinal)),
        file => Assert.Contains(File.ReadLines(file).Take(2), line => line.StartsWith("# Untested", StringComparison.Ordinal)));

    private static int Number(YamlNode node) => int.Parse(((YamlScalarNode)node).Value!, CultureInfo.InvariantCulture);

    private static List<string> Errors(string[] arguments)
    {
        using var services = BuiltPlugins.Compose();
        var root = new Command("parallax");
        foreach (var command in services.GetServices<ICliCommand>())
        {
            root.Add(command.Build());
        }

        return [.. root.Parse(arguments).Errors.Select(error => error.Message)];
    }
}
