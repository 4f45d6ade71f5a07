namespace Parallax.Engine.Tests.Tensors;

public sealed class DataTests
{
    [Fact]
    public void Tensor_FromArrays_KeepsTypeShapeAndValues()
    {
        using var scope = NewDisposeScope();

        var x = torch.tensor(new[,] { { 1.5, 2 }, { 3, 4 } });

        Assert.Equal(torch.float64, x.dtype);
        Assert.Equal([2L, 2L], x.shape);
        Assert.Equal([1.5, 2, 3, 4], x.data<double>().ToArray());
        Assert.Equal(torch.bfloat16, torch.tensor([1f], dtype: torch.bfloat16).dtype);
        Assert.Equal(torch.@bool, torch.tensor([true]).dtype);
    }

    [Fact]
    public void Tensor_WrongDimensions_SaysCounts()
    {
        var error = Assert.Throws<ArgumentException>(() => torch.tensor([1f, 2f, 3f], [2, 2]));

        Assert.Contains("[2, 2] has 4 elements; the array has 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromArray_SharesMemoryBothWays()
    {
        using var scope = NewDisposeScope();
        var array = new float[] { 1, 2, 3, 4 };

        var x = torch.from_array(array);
        x[0] = 10f;
        array[3] = 40;

        Assert.Equal(10f, array[0]);
        Assert.Equal(55f, x.sum().item<float>());
    }

    [Fact]
    public void FromArray_ViewOutlivesTensor_KeepsTheArrayPinned()
    {
        using var scope = NewDisposeScope();
        var view = View();
        for (var i = 0; i < 2_000; i++)
        {
            _ = new byte[80_000];   // garbage enough for several collections
        }

        Assert.Equal([3f, 4f], view.data<float>().ToArray());

        static Tensor View()
        {
            using var whole = torch.from_array(new float[] { 1, 2, 3, 4 });
            return whole[2..];
        }
    }

    [Fact]
    public void Frombuffer_ReinterpretsBytes()
    {
        using var scope = NewDisposeScope();

        var x = torch.frombuffer(new byte[] { 9, 9, 1, 0, 2, 0 }, torch.int16, count: 2, offset: 2);

        Assert.Equal([(short)1, (short)2], x.data<short>().ToArray());
    }

    [Fact]
    public void Bytes_OfStridedTensor_IsRefused()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(2, 3).t();

        Assert.Throws<InvalidOperationException>(() => x.bytes.Length);
    }

    [Fact]
    public void Bytes_Written_ChangeTheTensor()
    {
        using var scope = NewDisposeScope();
        var x = torch.zeros(2);

        BitConverter.TryWriteBytes(x.bytes[4..], 2.5f);

        Assert.Equal([0f, 2.5f], x.data<float>().ToArray());
    }

    [Fact]
    public void Data_OfStridedTensor_IsInRowMajorOrder()
    {
        using var scope = NewDisposeScope();
        var x = torch.arange(6).reshape(2, 3).t();

        Assert.Equal([0L, 3L, 1L, 4L, 2L, 5L], x.data<long>().ToArray());
        Assert.Equal(4L, x.data<long>()[1, 1]);
        Assert.Equal(5L, ((long[,])x.data<long>().ToNDArray())[2, 1]);
    }

    [Fact]
    public void Data_WrongType_NamesTheRightOne()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ArgumentException>(() => torch.zeros(1).data<double>());

        Assert.Contains("data<Single>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Item_ConvertsAndRefusesSeveralElements()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(3L, torch.tensor(3f).item<long>());
        Assert.True(torch.tensor(true).item<bool>());
        Assert.Equal(2.5, (double)torch.tensor(2.5f));
        Assert.Throws<ArgumentException>(() => torch.zeros(2).item<float>());
    }

    [Fact]
    public void Streams_WriteAndRead_KeepTheBytes()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (torch.randn(5, 3), torch.empty(5, 3));
        using var stream = new MemoryStream();

        x.WriteBytesToStream(stream);
        stream.Position = 0;
        y.ReadBytesFromStream(stream);

        Assert.True(Ops.equal(x, y));
    }

    [Fact]
    public void ChannelsLast_KeepsValuesAndChangesOrder()
    {
        using var scope = NewDisposeScope();
        var x = torch.randn(2, 3, 4, 5);

        var y = x.contiguous(memory_format.channels_last);

        Assert.True(y.is_contiguous(memory_format.channels_last));
        Assert.Equal([60L, 1L, 15L, 3L], y.stride());
        Assert.True(Ops.equal(x, y));
    }
}
