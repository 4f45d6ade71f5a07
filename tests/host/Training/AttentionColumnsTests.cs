using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class AttentionColumnsTests
{
    [Fact]
    public void Of_TwoHeads_ShowsTheirMeanThenEach_BrightestPatchWhite()
    {
        using var scope = torch.NewDisposeScope();
        var images = torch.zeros([1, 3, 4, 4]);

        var columns = AttentionColumns.Of(new TwoHeads(), images);

        Assert.Equal(["original", "attention", "head1", "head2"], columns.Select(column => column.Title));
        Assert.Equal([true, false, false, false], columns.Select(column => column.IsNormalised));
        Assert.All(columns.Skip(1), column => Assert.Equal([1, 1, 4, 4], column.Images.shape));
        Assert.Equal([1f, 1, 0.5f, 0.5f], columns[2].Images[0, 0, 0].data<float>().ToArray());   // patches of 2 x 2 pixels
        Assert.Equal([0.5f, 0.5f, 1, 1], columns[1].Images[0, 0, 3].data<float>().ToArray());
    }

    private sealed class TwoHeads : Module<Tensor, Tensor>, IAttentionMaps
    {
        public TwoHeads()
            : base(nameof(TwoHeads))
        {
        }

        public int FeatureDim => 1;

        public int PatchDim => 1;

        public int TokenDim => 1;

        public int TokenStride => 2;

        public int PrefixTokens => 1;

        public bool HasClassToken => true;

        // means: 0.2, 0.1, 0.2, 0.4
        public Tensor ClassAttention(Tensor images) => torch.tensor(new[] { 0.2f, 0.1f, 0, 0, 0.2f, 0.1f, 0.4f, 0.8f }, [1, 2, 2, 2]);

        public override Tensor forward(Tensor input) => input;

        public Tensor EmbedPatches(Tensor images) => images;

        public Tensor Encode(Tensor patches) => patches;

        public Tensor Normalise(Tensor tokens) => tokens;

        public Tensor Pool(Tensor tokens) => tokens;
    }
}
