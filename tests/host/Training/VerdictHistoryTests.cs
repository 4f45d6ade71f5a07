using System.Text.Json;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>A watch that goes on from a checkpoint says what one says that was never interrupted.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class VerdictHistoryTests
{
    private const int Reports = 40;

    private static readonly EmbeddingHealth _healthy =
        new(Spread: 0.9, EffectiveRank: 20, Rows: 64, Width: 32, Uniformity: -3, Alignment: 0.3, Usage: null, TargetEntropy: null, TargetWidth: 0);

    private static readonly Dictionary<string, Func<int, StepReport>> _courses = new()
    {
        ["learning, then saturated"] = i => Report(i, 2 * Math.Exp(-i / 3.0) + (0.1 * Noise(i)), _healthy),
        ["a point, and recovered"] = i => Report(i, 2 - (0.03 * i) + Noise(i), i is > 15 and < 28 ? _healthy with { Spread = 0.01 } : _healthy),
        ["few directions"] = i => Report(i, 2 - (0.03 * i) + Noise(i), _healthy with { EffectiveRank = i < 12 ? 6 : 2.5 }),
        ["a gradient that grows"] = i => Report(i, 3.5 + (0.1 * i) + Noise(i), _healthy, (StepResult.GradientNormName, i < 28 ? 1 : 50)),
        ["ranks that are no numbers"] = i => Report(i, 2 - (0.03 * i) + Noise(i), _healthy with { EffectiveRank = i % 5 == 0 ? double.NaN : 20 }),
        ["no embeddings"] = i => Report(i, 2 + Noise(i), null),
    };

    public static TheoryData<string> Courses => [.. _courses.Keys];

    [Theory, MemberData(nameof(Courses))]
    public void Observe_FromACheckpointAnywhere_SaysTheSame(string course)
    {
        var method = new TinyMethod();
        var whole = Follow(new(method, Reports * 10), course, 1);

        for (var done = 1; done < Reports; done++)
        {
            var before = new VerdictWatch(method, Reports * 10);
            Follow(before, course, 1, done);
            var stored = JsonSerializer.Serialize(new CheckpointState(CheckpointState.CurrentFormat, "run", default, null) { Verdicts = before.History });

            var after = new VerdictWatch(method, Reports * 10, CheckpointState.Parse(stored, recipe: "").Verdicts);

            Assert.Equal((before.Current, before.Collapse), (after.Current, after.Collapse));
            Assert.Equal(whole[done..], Follow(after, course, done + 1));
        }
    }

    // More reports than are held one by one.
    [Fact]
    public void Observe_FromACheckpointOfALongRun_SaysTheSame()
    {
        const int reports = 3000, done = 2501;
        var method = new TinyMethod();
        var whole = new VerdictWatch(method, reports * 10);
        VerdictWatch? after = null;
        List<(Verdict?, string?)> expected = [], actual = [];
        for (var i = 1; i <= reports; i++)
        {
            var loss = i < 2800 ? 2 - (0.0005 * i) + Noise(i) : 0.6 + (0.1 * (i - 2800));
            var report = Report(i, loss, _healthy, (StepResult.GradientNormName, i < 2900 ? 1 : 50));
            whole.Observe(report);
            after?.Observe(report);
            expected.Add((whole.Current, whole.Collapse));
            actual.Add(after is null ? expected[^1] : (after.Current, after.Collapse));
            if (i == done)
            {
                var stored = JsonSerializer.Serialize(new CheckpointState(CheckpointState.CurrentFormat, "run", default, null) { Verdicts = whole.History });
                after = new(method, reports * 10, CheckpointState.Parse(stored, recipe: "").Verdicts);
            }
        }

        Assert.Equal(expected, actual);
        Assert.Equal(TrainingState.Learning, expected[done].Item1!.State);
        Assert.Equal(TrainingState.Diverging, expected[^1].Item1!.State);
        Assert.InRange(whole.History.Losses.Count, 1, ThinnedSeries.Most);
        Assert.Equal(0.6 + (0.1 * 200), whole.History.LastLoss);
    }

    [Fact]
    public void Parse_CheckpointOfAnEarlierVersion_BeginsAnew()
    {
        var state = CheckpointState.Parse("""{"Format":2,"RunId":"run","Position":{"Step":3,"Epoch":0,"Samples":12},"BestAccuracy":0.5}""", recipe: "");

        Assert.Null(state.Verdicts);
        Assert.Null(state.Curves);
    }

    private static List<(string? Collapse, bool IsChanged, Verdict? Verdict)> Follow(VerdictWatch watch, string course, int first, int last = Reports) =>
    [
        .. Enumerable.Range(first, last - first + 1).Select(i =>
        {
            var (collapse, isChanged) = watch.Observe(_courses[course](i));

            return (collapse, isChanged, watch.Current);
        }),
    ];

    private static StepReport Report(int i, double loss, EmbeddingHealth? health, params (string Name, double Value)[] diagnostics) =>
        new(i * 10, Reports * 10, 0, 1, loss, 0.1, diagnostics, 0, null, default, health);

    private static double Noise(int i) => 0.01 * Math.Sin(i * 2.3);
}
