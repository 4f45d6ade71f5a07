using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Frozen parameters count optimizer steps of the whole run: accumulation and resuming change nothing.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class FrozenParametersTests : IDisposable
{
    private const int FrozenSteps = 3;
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_FrozenSteps_AreOptimizerSteps(int accumulation)
    {
        var method = Method();
        using var session = _bench.Session(method, $"trainer.accumulation={accumulation}");

        Assert.Equal([4L, 5, 6, 7, 8], Moves(session, method));
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(5, 6)]
    public void Run_Resumed_GoesOnCounting(int copiedAt, long firstMove)
    {
        var (whole, resumed) = (Method(), Method());
        using var session = _bench.Session(whole);
        using var second = _bench.Session(resumed);
        new Trainer(session, TrainerCallbacks.None with
        {
            OnStep = report =>
            {
                if (report.Step == copiedAt)
                {
                    using var checkpoint = TrainingBench.Checkpoint(session);
                    second.Restore(checkpoint);
                }
            },
        }, TimeProvider.System).Run(CancellationToken.None);

        Assert.Equal(firstMove, Moves(second, resumed)[0]);
        Assert.Equal(whole.Bias.data<float>().ToArray(), resumed.Bias.data<float>().ToArray());
    }

    private static TinyMethod Method() => TrainingBench.Method(() => new TinyMethod
    {
        ParameterRules = [new(p => p.Name.EndsWith("bias", StringComparison.Ordinal), FrozenSteps: FrozenSteps)],
    });

    // The steps at which the frozen parameter moved.
    private static List<long> Moves(TrainingSession session, TinyMethod method)
    {
        var (moves, before) = (new List<long>(), method.Bias.clone());
        new Trainer(session, TrainerCallbacks.None with
        {
            OnStep = report =>
            {
                if (!method.Bias.equal(before).all().item<bool>())
                {
                    moves.Add(report.Step);
                }

                before = method.Bias.clone();
            },
        }, TimeProvider.System).Run(CancellationToken.None);

        return moves;
    }
}
