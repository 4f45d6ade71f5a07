using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ExemplarTests
{
    [Fact]
    public void Order_OfAnEpoch_ShowsTheExemplarsOnlyAndAboutEquallyOften()
    {
        var method = Create(exemplars: 7);   // 40 images: five rounds, and five of a sixth

        var order = method.Order(epoch: 3);

        Assert.Equal(40, order.Count);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], order.Distinct().Order());
        Assert.All(order.CountBy(image => image), pair => Assert.InRange(pair.Value, 5, 6));
        Assert.Equal(order, method.Order(epoch: 3));
        Assert.NotEqual(order, method.Order(epoch: 4));
    }

    [Fact]
    public void BeforeEpoch_First_DrawsImagesWithGradients()
    {
        var method = Create(exemplars: 7);
        var images = zeros(40, 3, 8, 8);
        images.narrow(0, 20, 8).copy_(Tensors.Normal(1, 8, 3, 8, 8));   // all others are of one colour

        method.BeforeEpoch(new(0, new Extractor(images), NullLogger.Instance));
        var drawn = Tensors.Integers(method.state_dict()["exemplars"]);
        method.BeforeEpoch(new(1, new Extractor(images.flip(0)), NullLogger.Instance));

        Assert.Equal(7, drawn.Distinct().Count());
        Assert.All(drawn, image => Assert.InRange(image, 20, 27));
        Assert.Equal(drawn, drawn.Order());
        Assert.Equal(drawn, Tensors.Integers(method.state_dict()["exemplars"]));
    }

    [Fact]
    public void Step_IsTheCrossEntropyOfEveryImageWithItsPlaceAmongTheExemplars()
    {
        var method = Create(exemplars: 5);
        var (networks, batch) = (new Networks(method), Networks.Batch(8));   // images 7, 3, 30 and 12
        networks.Set("exemplars", tensor(new long[] { 3, 7, 12, 20, 30 }));

        var output = method.Step(batch, TestRuns.Step());

        var h = networks.Run(batch.Views[0], "backbone");
        var logits = networks.Run(h, "head").to(float64);
        var places = tensor(new long[] { 1, 0, 4, 2 });
        networks.AssertStep(
            new(Equations.CrossEntropy(F.one_hot(places, 5).to(float64), logits))
            {
                Embedding = h, Reports = [("accuracy", logits.argmax(1).eq(places).to(float64).mean())],
            },
            output);
    }

    [Fact]
    public void Step_ImagesThatAreNoExemplars_AddNothingAndCount()
    {
        var method = Create(exemplars: 5);
        var (networks, batch) = (new Networks(method), Networks.Batch(8));   // 30 lies behind the last exemplar, 12 between two
        networks.Set("exemplars", tensor(new long[] { 3, 7, 9, 20, 25 }));

        var output = method.Step(batch, TestRuns.Step());

        var h = networks.Run(batch.Views[0], "backbone");
        var logits = networks.Run(h, "head").to(float64);
        var targets = zeros([4, 5], float64);
        targets[0, 1] = targets[1, 0] = tensor(1.0);
        var right = logits.argmax(1).narrow(0, 0, 2).eq(tensor(new long[] { 1, 0 })).sum().to(float64) / 4;
        networks.AssertStep(new(Equations.CrossEntropy(targets, logits)) { Embedding = h, Reports = [("accuracy", right)] }, output);
    }

    [Fact]
    public void Constructor_FewerImagesThanExemplars_TakesAll() => Assert.Equal(40, Create(exemplars: 8000).state_dict()["exemplars"].shape[0]);

    [Fact]
    public void GradientEnergy_OfARamp_IsTheSquareOfItsSteps()
    {
        var ramp = (arange(4, dtype: float32) * 0.5).expand(1, 3, 4, 4);

        Assert.Equal(0.25f, GradientEnergy.Of(ramp).item<float>(), 1e-6f);
        Assert.Equal(0, GradientEnergy.Of(ones(1, 3, 4, 4)).item<float>());
    }

    [Fact]
    public void WeightedSample_ManySeeds_DrawsInProportion()
    {
        var weights = tensor([1f, 3f, 0f, 6f]);

        var first = Enumerable.Range(0, 4000).Select(seed => WeightedSample.Draw(weights, 1, seed).item<long>()).CountBy(image => image).ToDictionary();

        Assert.False(first.ContainsKey(2));
        Assert.InRange(first[0], 300, 500);     // 400, deviation 19
        Assert.InRange(first[1], 1055, 1345);   // 1200, deviation 29
    }

    private static Exemplar Create(int exemplars) => new(new NormBackbone(), new() { Exemplars = exemplars }, TestRuns.Of());

    private sealed class Extractor(Tensor images) : IFeatureExtractor
    {
        public Tensor Extract(Func<Tensor, Tensor> encode) => encode(images);
    }
}
