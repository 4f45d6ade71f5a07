using System.Runtime.CompilerServices;

namespace Parallax.Goldens.Tests;

public sealed class GoldenResultTests
{
    [Fact]
    public void WithLeaves_WhatNobodyElseHolds_LivesAsLongAsTheResult()
    {
        var result = OfLayer();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.All(result.Leaves.Values, leaf => Assert.False(leaf.IsInvalid));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]   // the layer is no local of the test
    private static GoldenResult OfLayer() => new GoldenResult().WithLeaves(LayerNorm(2));
}
