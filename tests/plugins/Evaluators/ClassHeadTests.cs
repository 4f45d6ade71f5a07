using Parallax.Contracts;
using Parallax.Host.Evaluation;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>The protocol of a method's own classifier.</summary>
public sealed class ClassHeadTests
{
    private static readonly DatasetInfo _data =
        new("test", DatasetSplit.Test, 3, ["cat", "dog"], 3, null, [0, 0, 0], [1, 1, 1], "00000000", "/data/x");

    private static EvaluationService Service => ConformanceHost.Get<EvaluationService>();

    [Fact]
    public void Evaluate_KnownScores_CountsTheFirstAndTheFirstFive()
    {
        // Seven classes; the right ones are first, second, fifth and sixth.
        float[] falling = [7, 6, 5, 4, 3, 2, 1];
        var scores = new FeatureSet(Tensors.Matrix(falling, falling, falling, falling), tensor(new long[] { 0, 1, 4, 5 }), 7);

        var result = new ClassHead(new()).Evaluate(scores);

        Assert.Equal((0.25, 0.75, 4.0), (result.Accuracy, result.Details["top5"], result.Details["samples"]));
        Assert.Equal([0, 0, 0, 0], result.Predicted!);
    }

    [Fact]
    public void Evaluate_FewerThanFiveClasses_CountsAllOfThem() =>
        Assert.Equal(1, new ClassHead(new()).Evaluate(new(Tensors.Matrix([1, 0], [1, 0]), tensor(new long[] { 0, 1 }), 2)).Details["top5"]);

    [Theory]
    [InlineData(ClassHeadRotations.None, 1, -1)]
    [InlineData(ClassHeadRotations.Four, 4.5, -4.5)]   // corners of 1, 3, 8 and 6 come to the upper left
    public void Score_OfTurns_IsTheMeanOverTheFour(ClassHeadRotations rotations, double first, double second)
    {
        var image = tensor(new float[] { 1, 3, 6, 8 }).view(1, 1, 2, 2);

        var scores = new ClassHead(new() { Rotations = rotations }).Score(new Corner(), cat([image, image * 2], 0));

        Tensors.AssertClose([(float)first, (float)second, 2 * (float)first, 2 * (float)second], Tensors.Values(scores));
    }

    [Fact]
    public void Faults_OtherClasses_AreTold()
    {
        var protocol = new ClassHead(new());

        Assert.Empty(protocol.Faults(_data, _data));
        Assert.StartsWith("'/data/y' has other classes than '/data/x'", Assert.Single(
            protocol.Faults(_data, _data with { Classes = ["cat", "cow"], Location = "/data/y" })), StringComparison.Ordinal);
        Assert.StartsWith("'/data/x' has no classes", Assert.Single(
            protocol.Faults(_data with { Classes = [] }, _data with { Classes = [] })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("supervised")]
    [InlineData("s4l")]
    [InlineData("s4l-exemplar")]
    [InlineData("moam")]
    public void Measure_MethodWithAClassifier_IsTheAccuracyOfItsScores(string method)
    {
        using var scope = NewDisposeScope();
        using var session = ConformanceHost.Session(method, "evaluation.maxTestSamples=20");
        session.Experiment.Module.train();

        var result = Assert.Single(Service.Measure(session.Experiment, ["class-head"]).Results);

        Assert.Equal(20, result.Result.Details["samples"]);
        Assert.Equal(20, result.Confusion!.Count);
        Assert.Equal(result.Result.Accuracy, result.Confusion.Accuracy, 1e-6);
        Assert.True(session.Experiment.Module.training);
    }

    [Fact]
    public void Classify_Moam_IsByTheAveragedWeights()
    {
        using var scope = NewDisposeScope();
        using var session = ConformanceHost.Session("moam");
        var (module, method) = (session.Experiment.Module, (IClassifier)session.Experiment.Method);
        module.eval();
        using var noGradients = no_grad();
        var images = Tensors.Normal(1, 2, session.Experiment.Run.Data.Channels, session.Experiment.Run.ImageSize, session.Experiment.Run.ImageSize);
        module.state_dict()["classifier.bias"].add_(5);
        var before = method.Classify(images);

        module.state_dict()["average.classifier.bias"].add_(3);

        Tensors.AssertClose(before + 3, method.Classify(images));
    }

    [Fact]
    public void Measure_MethodWithoutAClassifier_HasAReasonInPlaceOfANumber()
    {
        using var session = ConformanceHost.Session("simclr");

        var measured = Service.Measure(session.Experiment, ["class-head", "knn-dino"]);

        Assert.Equal("knn-dino", Assert.Single(measured.Results).Protocol);
        Assert.StartsWith("The method 'simclr' trains no classifier of its own.", Assert.Single(measured.Failures).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Online_ClassHead_IsLeftOutWithTheReason()
    {
        using var session = ConformanceHost.Session("supervised", "evaluation.online=class-head");

        Assert.Null(Service.Online(session.Experiment));
        Assert.Contains("the protocol 'class-head' looks at more than features of the backbone", string.Concat(Service.RequireHeldOut(session.Experiment)),
            StringComparison.Ordinal);
    }

    /// <summary>Scores an image by its upper left pixel, and by the negative of that.</summary>
    private sealed class Corner : IClassifier
    {
        public IBackbone Backbone => throw new NotSupportedException();

        public ViewPlan Views => throw new NotSupportedException();

        public Tensor Classify(Tensor images)
        {
            var corner = images.select(1, 0).select(1, 0).select(1, 0);   // [N]

            return stack([corner, -corner], 1);
        }

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
    }
}
