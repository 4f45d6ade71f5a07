using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MAETests
{
    private static readonly MAEOptions _small = new() { DecoderWidth = 16, DecoderDepth = 1, DecoderHeads = 2 };

    [Fact]
    public void Step_Encoder_SeesVisiblePatchesOnly()
    {
        var backbone = new CountingBackbone();
        var method = new MAE(() => backbone, _small, TestRuns.Of());

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.Equal([4, 4], Assert.Single(backbone.Visible).shape);   // 4 images; 4 of 16 patches
        Assert.Equal([4, 1 + 4, 32], Assert.Single(backbone.Encoded));
    }

    [Theory]
    [InlineData(0.75, 12)]
    [InlineData(0.5, 8)]
    [InlineData(0.8, 13)]   // int(16 * 0.2) stay
    public void Step_Loss_IsTheSquaredErrorOfHiddenPatches(double ratio, int hiddenPatches)
    {
        var method = new MAE(Tiny, _small with { MaskRatio = ratio, NormalisePixels = false }, TestRuns.Of());
        var batch = TestRuns.Batch();

        var loss = method.Step(batch, TestRuns.Step()).Loss.item<float>();
        var columns = Shown(method, batch, TestRuns.Step());

        var hidden = PatchPixels.Split(columns["masked"], 2).abs().sum(2).eq(0);   // [4, 16]
        Assert.All(Tensors.Integers(hidden.to(int64).sum([1])), count => Assert.Equal(hiddenPatches, count));
        var errors = PatchPixels.Split(columns["reconstruction"] - columns["original"], 2).square().mean([2]);   // [4, 16], 0 where visible
        Assert.Equal(loss, errors.sum().item<float>() / (4 * hiddenPatches), tolerance: 1e-4);
    }

    [Fact]
    public void Step_Masks_BelongToTheImage_WhateverItsPlaceInTheBatch()
    {
        var method = new MAE(Tiny, _small, TestRuns.Of());
        var batch = TestRuns.Batch();
        var order = tensor(new long[] { 2, 0, 3, 1 });
        Batch shuffled = new([batch.Views[0].index_select(0, order)], batch.Indices.index_select(0, order), null);

        var whole = Shown(method, batch, TestRuns.Step(epoch: 3, seed: 1))["masked"];
        var other = Shown(method, shuffled, TestRuns.Step(epoch: 3, seed: 2))["masked"];
        var later = Shown(method, batch, TestRuns.Step(epoch: 4, seed: 1))["masked"];

        Tensors.AssertClose(whole.index_select(0, order), other, tolerance: 0);
        Assert.False(whole.allclose(later), "another epoch hides other patches");
    }

    [Fact]
    public void Pictures_NormalisedPixels_AreShownInTheColoursOfTheirPatch()
    {
        var method = new MAE(Tiny, _small, TestRuns.Of());
        var batch = TestRuns.Batch();

        var columns = Shown(method, batch, TestRuns.Step());

        Assert.Equal(["masked", "original", "reconstruction"], columns.Keys.Order(StringComparer.Ordinal));
        Assert.All(columns.Values, column => Assert.Equal(batch.Views[0].shape, column.shape));
        var visible = columns["masked"].ne(0);
        Tensors.AssertClose(columns["original"].masked_select(visible), columns["reconstruction"].masked_select(visible), tolerance: 0);
    }

    [Theory]
    [InlineData(1, 1, true, 1)]
    [InlineData(1, 1, false, 0)]
    [InlineData(1, 3, true, 0)]
    [InlineData(2, 1, true, 0)]
    public void Faults_PatchesOfOneValue_CannotBeNormalised(int patchSize, int channels, bool normalise, int faults)
    {
        var run = TestRuns.Of(channels);
        ViTOptions backbone = new() { Width = 32, Depth = 1, Heads = 2, PatchSize = patchSize };
        var method = new MAE(() => new ViT(backbone, run), _small with { NormalisePixels = normalise }, run);

        var found = method.Faults(run).ToList();

        Assert.Equal(faults, found.Count);
        Assert.All(found, fault => Assert.StartsWith("method.normalisePixels is true", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_NothingStaysVisible_IsTold()
    {
        var fault = Assert.Single(new MAE(Tiny, _small with { MaskRatio = 0.95 }, TestRuns.Of()).Faults(TestRuns.Of()));

        Assert.Contains("method.maskRatio is 0.95", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_BackboneWithoutSequences_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => new MAE(() => new PixelBackbone(), _small, TestRuns.Of()));

    private static ViT Tiny() => new(new() { Width = 32, Depth = 1, Heads = 2, PatchSize = 2 }, TestRuns.Of());

    private static Dictionary<string, Tensor> Shown(MAE method, Batch batch, StepContext context) =>
        method.Pictures(batch, context).ToDictionary(column => column.Title, column => column.Images);

    /// <summary>Notes what it is asked to encode.</summary>
    private sealed class CountingBackbone : Module<Tensor, Tensor>, IPatchSequenceBackbone
    {
        private readonly ViT inner = Tiny();

        public CountingBackbone()
            : base(nameof(CountingBackbone)) => RegisterComponents();

        public List<Tensor> Visible { get; } = [];

        public List<long[]> Encoded { get; } = [];

        public int FeatureDim => inner.FeatureDim;

        public int PatchDim => inner.PatchDim;

        public int TokenDim => inner.TokenDim;

        public int TokenStride => inner.TokenStride;

        public int PrefixTokens => inner.PrefixTokens;

        public bool HasClassToken => inner.HasClassToken;

        public override Tensor forward(Tensor input) => inner.call(input);

        public Tensor EmbedPatches(Tensor images) => inner.EmbedPatches(images);

        public Tensor Encode(Tensor patches) => throw new InvalidOperationException("All patches are encoded.");

        public Tensor Encode(Tensor patches, PatchSequence sequence)
        {
            Visible.Add(sequence.Visible!);
            var tokens = inner.Encode(patches, sequence);
            Encoded.Add(tokens.shape);

            return tokens;
        }

        public IReadOnlyList<Tensor> EncodeLayers(Tensor patches, PatchSequence sequence) => inner.EncodeLayers(patches, sequence);

        public Tensor Normalise(Tensor tokens) => inner.Normalise(tokens);

        public Tensor Pool(Tensor tokens) => inner.Pool(tokens);
    }
}
