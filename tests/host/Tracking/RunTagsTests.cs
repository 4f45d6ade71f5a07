using Parallax.Host.Tracking;
using Parallax.Host.Training;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Tracking;

[Collection(GeneratorCollection.Name)]
public sealed class RunTagsTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Describe_Description_IsTheNoteOfTheRun()
    {
        var run = RunTags.Describe(_bench.Configuration("tracking.description=What **this** tries."), null);

        Assert.Equal("What **this** tries.", run.Tags["mlflow.note.content"]);
    }

    [Fact]
    public void Describe_NoteAmongTheTags_TheTagCounts()
    {
        var run = RunTags.Describe(_bench.Configuration("tracking.description=a", "tracking.tags=[mlflow.note.content=b]"), null);

        Assert.Equal("b", run.Tags["mlflow.note.content"]);
    }

    [Fact]
    public void Describe_NoDescription_LeavesTheNoteAsItIs() =>
        Assert.DoesNotContain("mlflow.note.content", RunTags.Describe(_bench.Configuration(), null).Tags.Keys);

    [Fact]
    public void OfResumed_RunThatGoesOn_LosesTheVerdictAndTheReasonOfItsFailure()
    {
        var tags = RunTags.OfResumed;
        var failed = new StoredRun("abc", "1", "n", RunStatus.Failed, 1, null, "", false)
        {
            Tags = new Dictionary<string, string> { [RunTags.Verdict] = "diverging", ["parallax.failure"] = "NaN", ["parallax.failure.step"] = "3" },
        };

        Assert.Equal("diverging", RunTags.VerdictOf(failed.Tags));
        Assert.Equal(new RunFailure("NaN", "parallax replay abc --step 3"), RunFailure.Of(failed));
        Assert.Null(RunTags.VerdictOf(tags));
        Assert.Null(RunFailure.Of(failed with { Tags = tags }));
        Assert.DoesNotContain("parallax.failure", RunTags.Describe(_bench.Configuration(), "abc").Tags.Keys);   // so does one that is marked as failed
    }
}
