using System.Runtime.InteropServices;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class HostBatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Pixels_OfAnyView_BeginAtAMultipleOf64Bytes(int side)
    {
        var batches = Enumerable.Range(1, 40).Select(size => new HostBatch(size, [new(3, side, side), new(1, side, side + 1)])).ToList();

        var starts = batches.SelectMany(batch => batch.Views).Select(view => Marshal.UnsafeAddrOfPinnedArrayElement(view.Memory, view.Start));

        Assert.All(starts, start => Assert.Equal(0, start % 64));
        Assert.All(batches, batch => Assert.Equal(batch.IndexBuffer.Length * 3 * side * side, batch.Views[0].Pixels.Length));
    }
}
