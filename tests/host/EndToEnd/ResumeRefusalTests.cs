using System.Security.Cryptography;

namespace Parallax.Host.Tests.EndToEnd;

/// <summary>A run that ended in the middle of its second epoch, and attempts to go on with it that make no sense: told with the reason, and nothing is
/// touched.</summary>
public sealed class ResumeRefusalTests(ResumeRefusalTests.EndedRun run) : IClassFixture<ResumeRefusalTests.EndedRun>
{
    [Theory]
    [InlineData("data.count=80", "The data have changed (64 images before, 80 now), and '", "which of its images are left cannot be told.")]
    [InlineData("data.count=16", "The data have changed (64 images before, 16 now), and '", "Use the data as they were")]
    [InlineData("data.classes=3", "The data have 3 classes, but those of '", "' had 4: labels would change their meaning.")]
    [InlineData("data.size=24", "The images have 24 pixels a side, but '", "' was trained at 16.")]
    [InlineData("method.queueSize=64", "method.queueSize is '64', but run ", " was started with '32'. Resume it with its own recipe: ")]
    [InlineData("backbone.name=resnet18", "backbone.name is 'resnet18', but run ", " was started with 'resnet20'.")]
    [InlineData("trainer.seed=4", "trainer.seed is '4', but run ", " was started with '3'.")]
    [InlineData("optimizer.name=adamw", "optimizer.name is 'adamw', but run ", " was started with 'sgd'.")]
    [InlineData("trainer.maxSteps=11", "trainer.maxSteps is 11, but '", "has trained 12 steps. Raise it")]
    [InlineData("trainer.epochs=1", "trainer.epochs is 1, but '", "has trained 1 epoch and 32 images. Raise it to at least 2")]
    [InlineData("trainer.batchSize=7", "method.queueSize does not fit trainer.batchSize", "")]
    public void Train_ResumeThatMakesNoSense_IsRefusedAndChangesNothing(string setting, string start, string then)
    {
        var result = run.Refuse("--resume", run.Id, "--set", "trainer.maxSteps=20", "--set", setting);

        Assert.Contains(result.ErrorLines, line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains(then, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Going on", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumeOfAFileThatIsNoCheckpoint_IsRefused()
    {
        var result = run.Refuse("--resume", Path.Combine("runs", run.Id, "backbone.safetensors"));

        Assert.Contains("is a safetensors file but no Parallax checkpoint", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumeOfACheckpointThatIsNotThere_IsRefused() =>
        Assert.Contains(
            "There is no file 'runs/none.safetensors'.", Assert.Single(run.Refuse("--resume", "runs/none.safetensors").ErrorLines), StringComparison.Ordinal);

    [Fact]
    public void Train_ResumeOfAFinishedRunWithNothingLeft_SaysSoAndChangesNothing()
    {
        var before = run.Files();

        var result = run.Place.Succeed("train", run.Place.Recipe, "--resume", run.Id, "--set", "trainer.maxSteps=12", "--set", "evaluation.online=null");

        Assert.Contains($"Run {run.Id} is finished, nothing is left to train. To go on, raise trainer.epochs", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, run.Files());
    }

    /// <summary>12 steps of 8 images, of 64 an epoch.</summary>
    public sealed class EndedRun : IDisposable
    {
        public EndedRun()
        {
            Place.Succeed("train", Place.Recipe, "--set", "trainer.maxSteps=12", "--set", "evaluation.online=null");
            Id = Path.GetFileName(Place.RunFolder()!);
        }

        internal Workplace Place { get; } = new();

        public string Id { get; }

        /// <summary>All files of the run, of its tracking and of the home folder, with their hashes.</summary>
        public IReadOnlyList<string> Files() => [.. Place.Written().Where(File.Exists).Select(file => $"{file} "
            + $"{Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];

        internal ProgramResult Refuse(params IReadOnlyList<string> arguments)
        {
            var before = Files();
            var result = Place.Run(["train", Place.Recipe, "--set", "evaluation.online=null", .. arguments]);

            Assert.True(result.ExitCode == 2, result.ToString());
            Assert.Equal(before, Files());

            return result;
        }

        public void Dispose() => Place.Dispose();
    }
}
