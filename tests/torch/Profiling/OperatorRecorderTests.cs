namespace Parallax.Torch.Tests;

/// <summary>What libtorch calls can be seen.</summary>
public sealed class OperatorRecorderTests
{
    [Fact]
    public void Counts_OfAProduct_NameItAndWhatItCalls()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ones([4, 3]), ones([3, 2]));
        using var recorder = OperatorRecorder.Start();

        _ = x.matmul(weight);
        _ = x.matmul(weight);

        Assert.Equal(2, recorder.Counts["aten::matmul"]);
        Assert.Equal(2, recorder.Counts["aten::mm"]);
        Assert.DoesNotContain("aten::relu", recorder.Counts.Keys);
        Assert.Empty(recorder.Events);
    }

    [Fact]
    public void Events_OfNestedCalls_LieWithinEachOther()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ones([4, 3]).requires_grad_(), ones([3, 2]));
        using var recorder = OperatorRecorder.Start(keepEvents: true);

        x.matmul(weight).sum().backward();

        var outer = Assert.Single(recorder.Events, call => call.Name == "aten::matmul");
        var inner = Assert.Single(recorder.Events, call => call.Name == "aten::mm" && call.End <= outer.End);
        Assert.True(outer.Start <= inner.Start && inner.Start <= inner.End && inner.End <= outer.End);
        Assert.Equal(Environment.CurrentManagedThreadId, outer.Thread);
        Assert.Contains(recorder.Events, call => call.Name.StartsWith("autograd::engine::", StringComparison.Ordinal));
        Assert.Equal(recorder.Counts.Values.Sum(), recorder.Events.Count);
    }

    [Fact]
    public void Dispose_EndsTheRecording_AndAnotherCanStart()
    {
        using var scope = NewDisposeScope();
        var first = OperatorRecorder.Start(keepEvents: true);
        first.Dispose();

        _ = ones([2]).relu();

        Assert.Empty(first.Counts);
        using var second = OperatorRecorder.Start();
        _ = ones([2]).relu();
        Assert.Equal(1, second.Counts["aten::relu"]);
        first.Dispose();   // again: nothing happens
        _ = ones([2]).relu();
        Assert.Equal(2, second.Counts["aten::relu"]);
    }

    [Fact]
    public void Start_WhileAnotherRecords_SaysSo()
    {
        using var recorder = OperatorRecorder.Start();

        Assert.Contains("already", Assert.Throws<InvalidOperationException>(() => OperatorRecorder.Start()).Message, StringComparison.Ordinal);
    }
}
