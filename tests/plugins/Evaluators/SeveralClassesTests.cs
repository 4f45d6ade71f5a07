using Parallax.Contracts;
using Parallax.Host.Evaluation;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class SeveralClassesTests
{
    [Fact]
    public void SvmVoc07_OneClassEach_IsTheSameNumberHoweverItIsSaid()
    {
        var (train, test) = ReferenceProbe.Problem(120, 100, width: 8, noise: 2);

        var labelled = new SvmVoc07(new()).Evaluate(train, test, seed: 0);
        var shown = new SvmVoc07(new()).Evaluate(OneHot(train), OneHot(test), seed: 0);

        Assert.Equal(labelled.Accuracy, shown.Accuracy);
        Assert.Equal(labelled.Details["map_11pt"], shown.Details["map_11pt"]);
        Assert.DoesNotContain("top1", shown.Details.Keys);
    }

    [Fact]
    public void SvmVoc07_TwoClassesThatOverlap_AreBothFound()
    {
        using var scope = NewDisposeScope();
        var features = tensor(new float[,] { { 1, 0 }, { 1, 1 }, { 0, 1 }, { -1, 0 }, { 1, 0.1f }, { 0.9f, 1 }, { 0.1f, 1 }, { -1, -0.1f } });
        var shown = tensor(new sbyte[,] { { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 } });
        FeatureSet set = new(features, full(8, -1, dtype: int64), 2) { Shown = shown };

        Assert.Equal(1, new SvmVoc07(new()).Evaluate(set, set, seed: 0).Accuracy, 1e-9);
    }

    [Fact]
    public void SvmVoc07_ClassOfNoTrainingImage_IsLeftOutAndCounted()
    {
        using var scope = NewDisposeScope();
        var features = tensor(new float[,] { { 1, 0 }, { 1, 0.1f }, { 0.9f, 0 }, { 0, 1 }, { 0, 0.9f }, { 0.1f, 1 } });
        var train = tensor(new sbyte[,] { { 1, 0, 0 }, { 1, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 }, { 0, 1, 0 }, { 0, 1, 0 } });
        var test = train.clone();
        test.select(1, 2)[0] = 1;   // which nothing can find
        FeatureSet Set(Tensor shown) => new(features, full(6, -1, dtype: int64), 3) { Shown = shown };

        var result = new SvmVoc07(new()).Evaluate(Set(train), Set(test), seed: 0);

        Assert.Equal((1, 2), (result.Accuracy, result.Details["classes"]));
    }

    [Fact]
    public void SvmVoc07_WhatIsNotCounted_IsLeftOutOfTheTest()
    {
        using var scope = NewDisposeScope();
        var (train, test) = ReferenceProbe.Problem(90, 60, width: 8, noise: 0.2);
        var (learned, counted) = (OneHot(train), OneHot(test));
        var wrong = counted.Shown!.clone();
        wrong.narrow(0, 0, 5).mul_(-1).add_(1);   // five images are said to show what they do not
        var uncounted = counted.Shown!.clone();
        uncounted.narrow(0, 0, 5).fill_(-1);

        double Measured(Tensor shown) => new SvmVoc07(new()).Evaluate(learned, counted with { Shown = shown }, seed: 0).Accuracy;

        Assert.True(Measured(wrong) < 0.95);
        Assert.Equal(1, Measured(uncounted), 1e-9);
    }

    [Fact]
    public void SvmLowShot_SeveralClasses_DrawsForEachClassByItself()
    {
        using var scope = NewDisposeScope();
        var (train, test) = ReferenceProbe.Problem(90, 90, width: 8, noise: 0.5);

        var result = new SvmLowShot(new() { Shots = [1, 8, 1000], Draws = 2 }).Evaluate(OneHot(train), OneHot(test), seed: 0);

        Assert.Equal("mAP-k8", result.Metric);
        Assert.InRange(result.Accuracy, 0.8, 1);
        Assert.True(result.Accuracy > result.Details["map_k1"]);
    }

    [Fact]
    public void Layers_OfANetwork_HaveANumberEachAndTheLastIsThatOfTheFeatures()
    {
        using var session = ConformanceHost.Session("supervised", "backbone.name=resnet18", "backbone.stem=cifar-maxpool", "backbone.width=0.125",
            "data.count=120", "data.testCount=60", "evaluation.svm-voc07-layers.mostNumbers=300", "evaluation.svm-lowshot-layers.mostNumbers=300",
            "evaluation.svm-lowshot-layers.shots=[1, 2]", "evaluation.svm-lowshot-layers.draws=1");

        var measured = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["svm-voc07", "svm-voc07-layers", "svm-lowshot-layers"]);

        Assert.Empty(measured.Failures);
        var (plain, layers, few) = (measured.Results[0].Result, measured.Results[1].Result, measured.Results[2].Result);
        string[] names = ["conv1", "layer1", "layer2", "layer3", "layer4", "features"];
        Assert.All(names, name => Assert.InRange(layers.Details[name], 0.05, 1));
        Assert.Equal(plain.Accuracy, layers.Accuracy);
        Assert.Equal((layers.Accuracy, names.Max(name => layers.Details[name])), (layers.Details["last_layer"], layers.Details["best_layer_on_test"]));
        Assert.Equal("mAP-k2", few.Metric);
        Assert.All(names, name => Assert.Contains(name, few.Details.Keys));
        Assert.Equal(names, layers.Series);
        Assert.Equal([.. names, "map_k1", "map_k2"], few.Series);
    }

    private static FeatureSet OneHot(FeatureSet set) => set with
    {
        Labels = full_like(set.Labels, -1), Shown = F.one_hot(set.Labels, set.Classes).to(int8),
    };
}
