namespace Parallax.Engine.Tests.Tensors;

public sealed class BigTensorTests
{
    private const long Elements = 3 << 20;   // 12 MB: a block of its own, not malloc's

    [Fact]
    public void Empty_AfterATensorOfItsSizeWasFreed_TakesItsMemory()
    {
        var first = torch.empty([Elements]);
        var address = AddressOf(first);
        first.Dispose();

        using var second = torch.empty([Elements]);

        Assert.Equal(address, AddressOf(second));
    }

    [Fact]
    public void Empty_WhileAnotherLives_HasMemoryOfItsOwn()
    {
        using var first = torch.full([Elements], 1f);
        using var second = torch.full([Elements], 2f);

        Assert.Equal(Elements, first.sum().item<float>());
        Assert.Equal(2 * Elements, second.sum().item<float>());
    }

    [Fact]
    public void Dispose_OnAnotherThread_FreesTheBlock()
    {
        var first = torch.empty([Elements]);
        var address = AddressOf(first);
        var thread = new Thread(first.Dispose);
        thread.Start();
        thread.Join();

        using var second = torch.empty([Elements]);

        Assert.Equal(address, AddressOf(second));
    }

    private static nint AddressOf(Tensor tensor) => tensor.DataPointer();
}
