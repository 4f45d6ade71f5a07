using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

[Collection(GeneratorCollection.Name)]
public sealed class CallTraceTests
{
    [Fact]
    public void Calls_OfAChain_AreInTheOrderInWhichTheyEnd()
    {
        using var scope = torch.NewDisposeScope();
        using var network = Sequential(("first", Linear(2, 3)), ("second", ReLU()));
        using var holder = Sequential(("chain", network));
        using var trace = new CallTrace(holder);

        holder.call(torch.ones(1, 2)).Dispose();

        Assert.Equal(["chain.first", "chain.second", "chain"], trace.Calls.Select(call => call.Module));
        Assert.Equal(trace.Calls[0].Output, trace.Calls[1].Input);
        Assert.Equal(trace.Calls[1].Output, trace.Calls[2].Output);
    }

    [Fact]
    public void Calls_AfterDispose_AreNotNoted()
    {
        using var scope = torch.NewDisposeScope();
        using var network = Sequential(("first", Linear(2, 3)));
        var trace = new CallTrace(network);
        trace.Dispose();

        network.call(torch.ones(1, 2)).Dispose();

        Assert.Empty(trace.Calls);
    }
}
