using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>FLIP against section 3 of Li et al. 2023 and its code.</summary>
public sealed class FLIPStepTests
{
    private static readonly FLIPOptions _options = new() { ProjectionDim = 6, TextWidth = 8, TextDepth = 1, TextHeads = 2, Tokenizer = new() { Length = 6 } };

    private static readonly string[] _captions = ["a photo of a cat", "a dog", "one red car", "two birds on a tree"];

    [Fact]
    public void FLIP_Step_IsThePapers()
    {
        var method = new FLIP(Transformers.Tiny, _options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Batch());

        var output = method.Step(batch, TestRuns.Step());

        var backbone = (ViT)networks.Part("backbone");
        var visible = SmallTransformer.Noise(batch, 16).argsort(1).narrow(1, 0, 8);                                         // [4, 8]: half of the patches
        var tokens = backbone.Normalise(backbone.Encode(backbone.EmbedPatches(batch.Views[0]), new() { Visible = visible }));   // [4, 9, 12]
        var x = tokens.mean([1]).matmul(networks.State("image_projection.weight").t());                                     // [4, 6]
        var y = networks.Run(CaptionTokenizer.Create(_options.Tokenizer).Encode(_captions), "text", "text_projection");     // [4, 6]
        var logits = Equations.Cosines(x, y) * networks.State("logit_scale").to(float64).exp();                             // [4, 4]
        var ofImages = Equations.Diagonal(logits);
        networks.AssertStep(
            new((ofImages + Equations.Diagonal(logits.t())) / 2)
            {
                Embedding = x, Positive = y, Reports = [("logit_scale", tensor(1 / 0.07, dtype: float64)), ("image_to_text", ofImages)],
            },
            output);
    }

    [Fact]
    public void FLIP_StepOfTwoProcesses_IsThatOfOne()
    {
        var method = new FLIP(Transformers.Tiny, _options, TestRuns.Of());
        var batch = Batch();
        var whole = method.Step(batch, TestRuns.Step());

        var parts = Enumerable.Range(0, 2).Select(rank => method.Step(
            new([batch.Views[0].chunk(2, 0)[rank]], batch.Indices.chunk(2, 0)[rank], null) { Captions = _captions[(2 * rank)..(2 * (rank + 1))] },
            TestRuns.Step() with { Processes = new Half([whole.Embedding!, whole.Positive!], rank) }).Loss).ToList();
        var mean = (parts[0] + parts[1]) / 2;

        Assert.Equal(whole.Loss.item<float>(), mean.item<float>(), 1e-5f);
        Assert.True(Math.Abs(parts[0].item<float>() - parts[1].item<float>()) > 1e-3, "each process has its own rows");
        Tensor[] parameters = [.. method.parameters()];
        var expected = autograd.grad([whole.Loss], parameters, retain_graph: true);
        var actual = autograd.grad([mean], parameters);
        Assert.All(expected.Zip(actual), pair => Tensors.AssertClose(pair.First, pair.Second, 1e-4));
    }

    private static Batch Batch() => Networks.Batch(8) with { Captions = _captions };

    /// <summary>One of two processes: what it gathers are its own rows and the other's, first of images, then of texts.</summary>
    private sealed class Half(IEnumerable<Tensor> whole, int rank) : IProcesses
    {
        private readonly Queue<Tensor> _whole = new(whole);

        public int Count => 2;

        public Tensor Gather(Tensor rows)
        {
            var parts = _whole.Dequeue().chunk(2, 0);
            Tensors.AssertClose(parts[rank], rows);
            parts[rank] = rows;

            return cat(parts, 0);
        }

        public Tensor Mean(Tensor value) => throw new NotSupportedException();

        public Tensor Own(Tensor rows) => rows.chunk(2, 0)[rank];
    }
}
