using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class FLIPTests
{
    private static readonly FLIPOptions _small = new() { ProjectionDim = 6, TextWidth = 8, TextDepth = 1, TextHeads = 2, Tokenizer = new() { Length = 6 } };

    private static readonly string[] _captions = ["a photo of a cat", "a dog", "one red car", "zwei 猫"];

    [Theory]
    [InlineData(0, 16)]
    [InlineData(0.5, 8)]
    [InlineData(0.75, 4)]
    [InlineData(0.6, 6)]   // int(16 * 0.4) = int(6.4)
    public void Step_MaskRatio_EncodesTheVisiblePatchesOnly(double ratio, int visible)
    {
        var (method, backbone) = Create(_small with { MaskRatio = ratio });

        method.Step(Captioned(), TestRuns.Step());

        Assert.Equal([TestRuns.BatchSize, visible], backbone.Seen.Single());
    }

    [Fact]
    public void EmbedImages_Evaluation_EncodesAllPatches()
    {
        var (method, backbone) = Create(_small);

        var embedded = method.EmbedImages(Captioned().Views[0]);

        Assert.Equal([TestRuns.BatchSize, 16], backbone.Seen.Single());
        Assert.Equal([TestRuns.BatchSize, 6], embedded.shape);
    }

    [Fact]
    public void Step_SameImageInAnotherPlaceOrProcess_HasTheSameMask()
    {
        var (method, backbone) = Create(_small);
        var batch = Captioned();

        method.Step(batch, TestRuns.Step());
        method.Step(Rows(batch, 2, 2), TestRuns.Step(seed: 9));
        method.Step(batch, TestRuns.Step(epoch: 1));

        Assert.True(backbone.Visible[0]!.narrow(0, 2, 2).eq(backbone.Visible[1]!).all().item<bool>());
        Assert.False(backbone.Visible[0]!.eq(backbone.Visible[2]!).all().item<bool>());
    }

    [Fact]
    public void Step_Features_AreTheMeanOfAllNormalisedTokens()
    {
        var (method, backbone) = Create(_small with { MaskRatio = 0 });
        var batch = Captioned();
        var tokens = backbone.Inner.Normalise(backbone.Inner.Encode(backbone.Inner.EmbedPatches(batch.Views[0])));   // [N, 17, D]

        var expected = tokens.mean([1]).matmul(method.get_parameter("image_projection.weight")!.t());

        Assert.True(method.EmbedImages(batch.Views[0]).allclose(expected, rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void Step_WithoutCaptions_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Create(_small).Method.Step(TestRuns.Batch(), TestRuns.Step()));

    [Fact]
    public void Faults_DataWithoutCaptions_SayWhatToTake()
    {
        var run = TestRuns.Of();

        var fault = Assert.Single(_small.Faults(run));
        var note = Assert.Single(_small.Notes(run with { Data = run.Data with { Captions = CaptionOrigin.ClassNames } }));

        Assert.Contains("image-text", fault, StringComparison.Ordinal);
        Assert.Contains("captions are made from class names", note, StringComparison.Ordinal);
        Assert.Empty(_small.Faults(run with { Data = run.Data with { Captions = CaptionOrigin.Written } }));
    }

    [Fact]
    public void Faults_MaskThatLeavesNoPatch_IsTold()
    {
        var run = TestRuns.Of();

        var fault = Assert.Single(Create(_small with { MaskRatio = 0.95 }).Method.Faults(run));   // int(16 * 0.05) = 0

        Assert.StartsWith("method.maskRatio is 0.95, which leaves none of 16 patches", fault, StringComparison.Ordinal);
        Assert.Empty(Create(_small with { MaskRatio = 0.93 }).Method.Faults(run));
    }

    [Fact]
    public void ParameterRules_ClassTokenPositionsAndScale_DoNotDecay()
    {
        var method = Create(_small).Method;

        var without = method.named_parameters().Where(p => method.ParameterRules[0].Matches(new(p.name, p.parameter.dim()))).Select(p => p.name);

        Assert.Equal(["backbone.Inner.cls_token", "backbone.Inner.pos_embed", "logit_scale", "text.pos_embed"], without.Order(StringComparer.Ordinal));
    }

    private static (FLIP Method, WatchedBackbone Backbone) Create(FLIPOptions options)
    {
        manual_seed(3);
        var run = TestRuns.Of();
        var backbone = new WatchedBackbone(new(new() { Size = ViTSize.Tiny, Width = 16, Depth = 2, Heads = 2, PatchSize = 2 }, run));

        return (new(() => backbone, options, run), backbone);
    }

    private static Batch Captioned() => TestRuns.Batch() with { Captions = _captions };

    private static Batch Rows(Batch batch, int start, int length) =>
        new([.. batch.Views.Select(view => view.narrow(0, start, length))], batch.Indices.narrow(0, start, length), null)
        {
            Captions = [.. batch.Captions!.Skip(start).Take(length)],
        };

    /// <summary>Keeps what sequences were encoded.</summary>
    private sealed class WatchedBackbone : Module<Tensor, Tensor>, IPatchSequenceBackbone
    {
        public readonly ViT Inner;

        public WatchedBackbone(ViT inner)
            : base(nameof(WatchedBackbone))
        {
            Inner = inner;
            RegisterComponents();
        }

        /// <summary>Images and patches of each sequence.</summary>
        public List<long[]> Seen { get; } = [];

        public List<Tensor?> Visible { get; } = [];

        public int FeatureDim => Inner.FeatureDim;

        public int PatchDim => Inner.PatchDim;

        public int TokenDim => Inner.TokenDim;

        public int TokenStride => Inner.TokenStride;

        public int PrefixTokens => Inner.PrefixTokens;

        public bool HasClassToken => Inner.HasClassToken;

        public Tensor EmbedPatches(Tensor images) => Inner.EmbedPatches(images);

        public Tensor Encode(Tensor patches) => Inner.Encode(patches);

        public Tensor Encode(Tensor patches, PatchSequence sequence)
        {
            var tokens = Inner.Encode(patches, sequence);   // [N, 1 + K, D]
            Seen.Add([tokens.shape[0], tokens.shape[1] - PrefixTokens]);
            Visible.Add(sequence.Visible);

            return tokens;
        }

        public IReadOnlyList<Tensor> EncodeLayers(Tensor patches, PatchSequence sequence) => Inner.EncodeLayers(patches, sequence);

        public Tensor Normalise(Tensor tokens) => Inner.Normalise(tokens);

        public Tensor Pool(Tensor tokens) => Inner.Pool(tokens);

        public override Tensor forward(Tensor input) => Inner.call(input);
    }
}
