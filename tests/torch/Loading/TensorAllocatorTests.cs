namespace Parallax.Torch.Tests.Loading;

public sealed class TensorAllocatorTests
{
    private const long BigElements = 50_331_648 / sizeof(float);   // 48 MiB: no other test has this size

    [Fact]
    public void Install_ThisLibtorch_HasTheKnownForm() => Assert.True(TensorAllocator.IsInstalled);

    [Fact]
    public void Empty_SameSizeAgain_GetsTheSameMemory()
    {
        // Other tests may make the pool return a block to the system in between; not five times.
        Assert.Contains(Enumerable.Range(0, 5), _ => Address() == Address());
        Assert.Equal(0u, (nuint)Address() % CpuBlocks.HugePage);
    }

    [Fact]
    public void Dispose_OnAnotherThread_GivesTheBlockBack()
    {
        var tensor = ones(BigElements + 1);
        var thread = new Thread(tensor.Dispose);

        thread.Start();
        thread.Join();

        using var next = zeros(BigElements + 1);
        Assert.Equal(0f, next.sum().item<float>());
    }

    [Fact]
    public void Take_ManySizes_BlocksNeverOverlapAndKeepTheirContent()
    {
        using var scope = NewDisposeScope();
        var random = new Random(7);
        var live = new List<(Tensor Tensor, float Value)>();
        for (var i = 0; i < 300; i++)
        {
            if (live.Count > 12 || (live.Count > 0 && random.Next(3) == 0))
            {
                var at = random.Next(live.Count);
                var (old, value) = live[at];
                Assert.Equal(value, old.min().item<float>());
                Assert.Equal(value, old.max().item<float>());
                old.Dispose();
                live.RemoveAt(at);
            }

            live.Add((full([random.Next(200_000, 3_000_000)], i, dtype: float32), i));
        }
    }

    [Fact]
    public void Resize_InPlace_KeepsValues()
    {
        using var scope = NewDisposeScope();
        var tensor = arange(600_000, dtype: float32);

        var joined = cat([tensor, tensor]);
        tensor.set_(joined);

        Assert.Equal(599_999f, tensor[1_199_999].item<float>());
    }

    private static unsafe nint Address()
    {
        using var tensor = empty(BigElements);

        return (nint)TensorMemory.Address(tensor);
    }
}
