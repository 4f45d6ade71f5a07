using Parallax.Host.Distributed;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(AloneCollection.Name)]   // one test counts the live tensors of the process
public sealed class StepResultTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ReadLoss_TwoMicroBatches_IsTheirMean()
    {
        using var result = new StepResult(World.Alone);
        result.Add(Output(loss: 1, diagnostic: 10));
        result.Add(Output(loss: 4, diagnostic: 20));

        Assert.Null(result.Loss);
        Assert.Equal(2.5, result.ReadLoss());
        Assert.Equal(2.5, result.Loss);
        Assert.Equal([("d", 15.0)], result.ReadDiagnostics());
    }

    [Fact]
    public void ReadDiagnostics_GradientNormKnown_IsAmongThem()
    {
        using var result = new StepResult(World.Alone) { GradientNorm = torch.tensor(3f) };
        result.Add(Output(loss: 1, diagnostic: 10));

        Assert.Contains(("gradient_norm", 3.0), result.ReadDiagnostics());
    }

    [Fact]
    public void Remember_TwoMicroBatches_GivesEachMemoryOneBatchInOrder()
    {
        var (first, second) = (new Queue(), new Queue());
        using var result = new StepResult(World.Alone);
        result.Add(new(torch.tensor(0f)) { Remember = [new(first, Keys(1, 2), Keys(1, 2)), new(second, Keys(7))] });
        result.Add(new(torch.tensor(0f)) { Remember = [new(first, Keys(3, 4), Keys(3, 4)), new(second, Keys(8))] });

        result.Remember();
        result.Remember();   // what is done is not done again

        Assert.Equal([1L, 2, 3, 4], Assert.Single(first.Keys));
        Assert.Equal([1L, 2, 3, 4], Assert.Single(first.Labels)!);
        Assert.Equal([7L, 8], Assert.Single(second.Keys));
        Assert.Null(Assert.Single(second.Labels));
    }

    [Fact]
    public void Remember_AveragedRows_GivesTheMeanOfTheMicroBatches()
    {
        var memory = new Queue();
        using var result = new StepResult(World.Alone);
        result.Add(new(torch.tensor(0f)) { Remember = [new(memory, torch.tensor(new[] { 2f, 4f }), Joining: RowJoining.Averaged)] });
        result.Add(new(torch.tensor(0f)) { Remember = [new(memory, torch.tensor(new[] { 4f, 8f }), Joining: RowJoining.Averaged)] });

        result.Remember();

        Assert.Equal([3L, 6], Assert.Single(memory.Keys));
    }

    [Fact]
    public void KeepBeyond_ClosedScope_CanStillBeReadAndLeavesNothing()
    {
        var live = torch.Tensor.TotalCount;
        StepResult result;
        using (var scope = torch.NewDisposeScope())
        {
            result = new StepResult(World.Alone);
            result.Add(Output(loss: 2, diagnostic: 3));
            result.KeepBeyond(scope);
        }

        Assert.Equal(2, result.ReadLoss());
        Assert.Equal([("d", 3.0)], result.ReadDiagnostics());
        result.Dispose();
        Assert.Equal(live, torch.Tensor.TotalCount);
    }

    private static StepOutput Output(float loss, float diagnostic) => new(torch.tensor(loss)) { Diagnostics = [new("d", torch.tensor(diagnostic))] };

    private static Tensor Keys(params long[] values) => torch.tensor(values);

    private sealed class Queue : IFeatureMemory
    {
        public List<long[]> Keys { get; } = [];

        public List<long[]?> Labels { get; } = [];

        public void Remember(Tensor rows, Tensor? tags)
        {
            Keys.Add([.. rows.to(torch.int64).data<long>()]);
            Labels.Add(tags is null ? null : [.. tags.data<long>()]);
        }
    }
}
