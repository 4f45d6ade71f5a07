using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>I-JEPA and data2vec against Assran et al. 2023, Baevski et al. 2022, and their code.</summary>
public sealed class MaskedTokenStepTests
{
    [Fact]
    public void IJEPA_Step_IsThePapers()
    {
        IJEPAOptions options = new() { MinContextPatches = 2, PredictorDim = 8, PredictorDepth = 2, PredictorHeads = 2 };
        var method = new IJEPA(Transformers.Tiny, options, TestRuns.Of());
        var (networks, batch, context) = (new Networks(method), Networks.Batch(8), TestRuns.Step(2));

        var output = method.Step(batch, context);

        var blocks = Blocks(batch, context);
        var (backbone, predictor) = ((ViT)networks.Part("backbone"), (MaskedPredictor)networks.Part("predictor"));
        var visible = backbone.Encode(backbone.EmbedPatches(batch.Views[0]), new() { Visible = blocks.Context });
        var tokens = backbone.Normalise(visible).narrow(1, 1, blocks.Context.shape[1]);            // [4, K, 12]: the others are never encoded
        var targets = Normalised(Whole(networks, "target", batch.Views[0]));                       // [4, 16, 12]
        var wanted = Tokens.Take(targets, blocks.Targets.flatten(1)).reshape(4, 4, -1, 12);
        var loss = Huber(predictor.Predict(tokens, blocks.Context, blocks.Targets), wanted, beta: 1).mean();
        networks.AssertStep(
            new(loss)
            {
                Embedding = tokens.mean([1]), Positive = targets.mean([1]), Reports = Variance(targets),
                Constants = ["target", "predictor.predictor_pos_embed"],
            }, output);
    }

    private static (string Name, Tensor Value)[] Variance(Tensor targets)
    {
        var total = (targets - targets.mean([0, 1], keepdim: true)).square().mean([0, 1]).sum();
        var places = (targets.mean([0]) - targets.mean([0, 1])).square().mean([0]).sum();
        var images = (targets.mean([1]) - targets.mean([0, 1])).square().mean([0]).sum();

        return [("target_variance_of_places", places / total), ("target_variance_of_images", images / total)];
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.5)]
    [InlineData(9, 0)]   // more than there are: all
    public void Data2Vec_Step_IsThePapers(int layers, double beta)
    {
        var method = new Data2Vec(Transformers.Tiny, new() { TargetLayers = layers, Beta = beta }, TestRuns.Of());
        var (networks, batch, context) = (new Networks(method), Networks.Batch(8), TestRuns.Step(2));
        networks.Set("mask_token", Tensors.Normal(7, 1, 12));

        var output = method.Step(batch, context);

        var mask = new BlockMasking(4, 4) { MinPatches = 0.0816 * 16 }.Draw(new SampleRandom(TestRuns.Of()).Of(batch, context), 6).flatten(1);   // 6.1 patches
        var (_, tokens) = new TokenEquations(networks).Encode("backbone", batch.Views[0], mask);
        var targets = Layers(networks, batch.Views[0], layers);                                    // [4, 16, 12]
        var losses = Huber(tokens, targets, beta).sum(2) / Math.Sqrt(12);
        var loss = (losses * mask).sum() / mask.sum();
        networks.AssertStep(
            new(loss) { Embedding = tokens.mean([1]), Positive = targets.mean([1]), Reports = Variance(targets), Constants = ["target"] }, output);
    }

    // Half the square over beta up to beta, then the difference less half of beta; without beta the square.
    private static Tensor Huber(Tensor predictions, Tensor targets, double beta)
    {
        var d = (predictions.to(float64) - targets.to(float64)).abs();

        return beta == 0 ? d.square() : where(d.lt(beta), d.square() / (2 * beta), d - (beta / 2));
    }

    private static Tensor Normalised(Tensor tokens)
    {
        var x = tokens.to(float64);
        var centred = x - x.mean([-1], keepdim: true);

        return centred / (centred.square().mean([-1], keepdim: true) + 1e-5).sqrt();
    }

    private static Tensor Whole(Networks networks, string name, Tensor images)
    {
        using var noGradients = no_grad();

        return new TokenEquations(networks).Encode(name, images).Patches;
    }

    private static Tensor Layers(Networks networks, Tensor images, int count)
    {
        using var noGradients = no_grad();
        var backbone = (ViT)networks.Part("target");
        var layers = backbone.EncodeLayers(backbone.EmbedPatches(images), new()).TakeLast(count).Select(tokens => Normalised(tokens.narrow(1, 1, 16))).ToList();

        return Normalised(stack(layers).mean([0]));
    }

    private static ContextAndTargets Blocks(Batch batch, StepContext context) => new MultiBlockMasking(4, 4) { MinContext = 2 }.Draw(
        new CounterRandom(1, context.Epoch, context.Step, RandomPurpose.Masking, part: 1), new SampleRandom(TestRuns.Of()).Of(batch, context));
}
