using Parallax.Contracts;
using Parallax.Host.Distributed;
using Parallax.Host.Training;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Conformance;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>MOAM's three steps as runs that begin with each other.</summary>
public sealed class MOAMTests : IDisposable
{
    private const string Labelled = "labelled.classes", Predicted = "predicted.classes";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_SecondStep_LearnsWhatTheAverageOfTheFirstPredicts()
    {
        using var scope = NewDisposeScope();
        var first = Execute();

        var second = Execute($"method.labelsPath={first.RunId}");

        var (before, after) = (State(first), State(second));
        Assert.True(after[Labelled].eq(before[Labelled]).all().item<bool>());                     // the same images
        var known = before[Labelled].ge(0);
        Assert.Equal(16, known.sum().item<long>());                                               // a quarter of 64
        Assert.True(after[Predicted].masked_select(known).eq(before[Labelled].masked_select(known)).all().item<bool>());
        Assert.True(after[Predicted].ge(0).all().item<bool>());
        foreach (var (name, value) in before.Where(entry => entry.Key.StartsWith("average.", StringComparison.Ordinal)))
        {
            Assert.True(value.eq(after[$"predicted.teacher.{name["average.".Length..]}"]).all().item<bool>(), name);
        }
    }

    [Fact]
    public void Create_ThirdStep_BeginsWithTheAverage()
    {
        using var scope = NewDisposeScope();
        var first = Execute();
        var before = State(first);

        using var session = ConformanceHost.Session("moam", Settings($"method.startPath={first.Directory}"));

        var state = session.Experiment.Module.state_dict();
        string[] parts = ["backbone.", "classifier."];
        Assert.All(before.Where(entry => parts.Any(part => entry.Key.StartsWith($"average.{part}", StringComparison.Ordinal))), entry =>
        {
            Assert.True(entry.Value.eq(state[entry.Key["average.".Length..]]).all().item<bool>(), entry.Key);
            Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key);
        });
        Assert.True(before["rotationHead.weight"].eq(state["rotationHead.weight"]).all().item<bool>());
        Assert.False(before["backbone.conv1.weight"].eq(before["average.backbone.conv1.weight"]).all().item<bool>());
        Assert.True(before["backbone.bn1.running_mean"].eq(before["average.backbone.bn1.running_mean"]).all().item<bool>());   // buffers are taken as they are
    }

    [Theory]
    [InlineData("method.labelsPath", "trainer.seed=8")]
    [InlineData("method.startPath", "method.labelFraction=0.5")]
    public void Train_LaterStepWithOtherLabels_IsRefused(string key, string change)
    {
        var first = Execute();

        var fault = Assert.Throws<ConfigurationException>(() => Execute($"{key}={first.RunId}", change)).Message;

        Assert.StartsWith($"{key} is '{first.RunId}', a run that has used the labels of other images (16, ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_BothStepsAtOnce_AreRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(() => ConformanceHost.Configuration("moam", Settings("method.labelsPath=a", "method.startPath=b")));

        Assert.StartsWith("method.labelsPath is 'a' and method.startPath is 'b', but they belong to different steps", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Images_IsTheMeanOverTheirTurnsWhateverTurnTheyHave()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var teacher = new ClassTeacher(new NormBackbone(), Linear(new NormBackbone().FeatureDim, 3));
        var images = Tensors.Normal(3, 5, 3, TestRuns.ImageSize, TestRuns.ImageSize);

        var predicted = teacher.Predict(images);

        Tensors.AssertClose(ones(5), predicted.sum(1), 1e-5);
        Tensors.AssertClose(predicted, teacher.Predict(images.rot90(1, (2, 3))), 1e-5);
        Assert.All(teacher.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    private TrainingSummary Execute(params string[] changes) => ConformanceHost.Get<PretrainingRun>().Execute(
        ConformanceHost.Configuration("moam", Settings(changes)), null, ProcessEnvironment.Alone, CancellationToken.None);

    private string[] Settings(params string[] changes) =>
    [
        "data.size=16", "data.count=64", "data.classes=4", "trainer.batchSize=16", "trainer.epochs=1", "evaluation.online=null", "evaluation.protocols=[]",
        "method.labelFraction=0.25", "method.averageMomentum=0.5", "optimizer.baseLearningRate=0.01", $"tracking.uri=sqlite:///{_folder.Path}/mlflow.db",
        $"tracking.spool={_folder.Path}/spool", $"trainer.outputDirectory={_folder.Path}/runs", .. changes,
    ];

    private static Dictionary<string, Tensor> State(TrainingSummary run) => SafeTensors
        .Load(new CheckpointStore(Path.Combine(run.Directory, "checkpoints"), keep: 1).Latest!)
        .Where(entry => entry.Key.StartsWith("method.", StringComparison.Ordinal)).ToDictionary(entry => entry.Key["method.".Length..], entry => entry.Value);
}
