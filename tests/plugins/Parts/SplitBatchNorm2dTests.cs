using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SplitBatchNorm2dTests
{
    private const int Groups = 2;

    [Fact]
    public void Forward_Training_EqualsBatchNormOfEachInterleavedGroup()
    {
        var x = Tensors.Normal(1, 6, 3, 2, 2);
        var even = tensor(new long[] { 0, 2, 4 });

        var y = new SplitBatchNorm2d(3, Groups).call(x);

        Tensors.AssertClose(BatchNorm2d(3).call(x.index_select(0, even)), y.index_select(0, even));
        Tensors.AssertClose(BatchNorm2d(3).call(x.index_select(0, even + 1)), y.index_select(0, even + 1));
    }

    [Fact]
    public void Forward_Training_RunningStatisticsAreTheMeanOfTheGroups()
    {
        var x = Tensors.Normal(1, 6, 3, 2, 2);
        var layer = new SplitBatchNorm2d(3, Groups);
        var (first, second) = (BatchNorm2d(3), BatchNorm2d(3));
        var even = tensor(new long[] { 0, 2, 4 });

        layer.call(x);
        first.call(x.index_select(0, even));
        second.call(x.index_select(0, even + 1));

        Tensors.AssertClose((first.running_var! + second.running_var!) / 2, layer.get_buffer("running_var")!);
        Tensors.AssertClose((first.running_mean! + second.running_mean!) / 2, layer.get_buffer("running_mean")!);
        Assert.Equal(1, layer.get_buffer("num_batches_tracked")!.item<long>());
    }

    [Fact]
    public void Forward_Evaluation_IsOrdinaryBatchNorm()
    {
        var (split, whole) = (new SplitBatchNorm2d(3, Groups), BatchNorm2d(3));
        split.call(Tensors.Normal(1, 6, 3, 2, 2));
        whole.load_state_dict(split.state_dict());
        split.eval();
        whole.eval();
        var x = Tensors.Normal(2, 5, 3, 2, 2);   // no multiple of the groups

        Tensors.AssertClose(whole.call(x), split.call(x));
    }

    [Fact]
    public void StateDict_Names_AreThoseOfBatchNorm() =>
        Assert.Equal(BatchNorm2d(3).state_dict().Keys.Order(StringComparer.Ordinal),
            new SplitBatchNorm2d(3, Groups).state_dict().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Forward_BatchNoMultiple_SaysWhatToChange()
    {
        var fault = Assert.Throws<ArgumentException>(() => new SplitBatchNorm2d(3, Groups).call(zeros([5, 3, 2, 2])));

        Assert.Contains("trainer.batchSize", fault.Message, StringComparison.Ordinal);
    }
}
