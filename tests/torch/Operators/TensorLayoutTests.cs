namespace Parallax.Torch.Tests.Operators;

public sealed class TensorLayoutTests
{
    [Theory]
    [InlineData(0, 1, 2, 3)]
    [InlineData(0, 3, 1, 2)]
    [InlineData(3, 2, 1, 0)]
    [InlineData(2, 0, 3, 1)]
    public void IsDense_PermutedDimensions_IsTrue(params int[] order)
    {
        using var scope = NewDisposeScope();

        Assert.True(new TensorLayout(zeros(2, 3, 1, 5).permute([.. order.Select(i => (long)i)])).IsDense);
    }

    [Fact]
    public void IsDense_GapsOrOverlap_IsFalse()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros(4, 6);

        Assert.False(new TensorLayout(tensor[.., ..5]).IsDense);
        Assert.False(new TensorLayout(zeros(1, 6).expand(4, 6)).IsDense);
        Assert.True(new TensorLayout(tensor[1..3]).IsDense);
    }

    [Fact]
    public void Properties_AnyTensor_AreThoseOfTorchSharp()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([2, 3, 4], dtype: bfloat16).transpose(0, 2);

        var layout = new TensorLayout(tensor);

        Assert.Equal(tensor.shape, layout.Shape.ToArray());
        Assert.Equal(tensor.stride(), layout.Strides.ToArray());
        Assert.Equal((tensor.dtype, tensor.device_type, tensor.numel()), (layout.Type, layout.Device, layout.Count));
    }
}
