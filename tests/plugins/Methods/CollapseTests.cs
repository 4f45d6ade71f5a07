using Parallax.Host.Training;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>What keeps a method from collapsing, taken away on purpose: the watch over the embeddings must notice, and must not cry wolf before.</summary>
public sealed class CollapseTests
{
    private static readonly string[] Budget =
    [
        "optimizer.baseLearningRate=0.05", "optimizer.scaleLearningRate=none", "trainer.epochs=32", "trainer.logEverySteps=5",
        "method.hiddenDim=64", "method.projectionDim=32",
    ];

    [Theory]
    [InlineData("simsiam", "method.stopGradient=false")]
    [InlineData("byol", "method.predictor=false")]
    public void Train_WithoutItsGuard_IsSaidToCollapse(string method, string without)
    {
        var verdict = Verdict(method, [.. Budget, without]);

        Assert.NotNull(verdict);
        Assert.StartsWith("Collapse at step", verdict, StringComparison.Ordinal);
        Assert.Contains("predictor", verdict, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simsiam")]
    [InlineData("byol")]
    [InlineData("simclr")]
    public void Train_AsInThePaper_IsNotSaidToCollapse(string method) =>
        Assert.Null(Verdict(method, method == "simclr" ? [.. Budget, "optimizer.baseLearningRate=0.02"] : Budget));

    private static string? Verdict(string method, string[] settings)
    {
        using var session = ConformanceHost.Session(method, settings);
        var watch = new CollapseWatch(session.Experiment.Method, session.Progress.TotalSteps);
        new Trainer(session, new(report => watch.Observe(report.Health!, report.Step), _ => { }, _ => { }), TimeProvider.System).Run(CancellationToken.None);

        return watch.Verdict;
    }
}
