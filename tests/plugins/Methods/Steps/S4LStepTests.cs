using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>S4L with rotations, and MOAM, against Zhai et al. 2019 and their code.</summary>
public sealed class S4LStepTests
{
    private const int Turns = 4;
    private const double Weight = 0.7;
    private static readonly long[] _classes = [7 % 3, 3 % 3, 30 % 3, 12 % 3];   // until labelled images are chosen, classes are dealt out in turn

    [Fact]
    public void S4L_Step_IsThePapers()
    {
        var method = new S4L(new NormBackbone(), new() { RotationWeight = Weight }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var h = networks.Run(Turned(batch.Views[0]), "backbone");
        var (classLoss, accuracy) = Classes(networks.Run(h, "classifier"));
        var rotationLoss = Rotations(networks.Run(h, "rotationHead"));
        networks.AssertStep(
            new(classLoss + (Weight * rotationLoss))
            {
                Embedding = h, Reports = [("class_loss", classLoss), ("rotation_loss", rotationLoss), ("class_accuracy", accuracy)],
            },
            output);
    }

    [Fact]
    public void MOAM_StepWithoutAChange_IsThePapers()
    {
        MOAMOptions options = new() { ClassWeight = 0.2, AdversarialWeight = 0.3, EntropyWeight = 0.4, AdversarialLength = 0 };
        var method = new MOAM(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var turned = Turned(batch.Views[0]);
        var h = networks.Run(turned, "backbone");
        var logits = networks.Run(h, "classifier").to(float64);
        var (classLoss, accuracy) = Classes(logits);
        var rotationLoss = Rotations(networks.Run(h, "rotationHead"));
        var odd = cat([Rows(turned, 1), Rows(turned, 3)], 0);
        var clean = Softmax(cat([Rows(logits, 1), Rows(logits, 3)], 0));
        var changed = Softmax(networks.Run(odd, "backbone", "classifier").to(float64));   // a length of 0; its batch statistics are those of the half
        var divergence = Divergence(changed, clean.detach());
        var entropy = -(clean * clean.log()).sum(1).mean();
        networks.AssertStep(
            new((0.5 * rotationLoss) + (0.2 * classLoss) + (0.3 * divergence) + (0.4 * entropy))
            {
                Embedding = h,
                Reports =
                [
                    ("class_loss", classLoss), ("rotation_loss", rotationLoss), ("adversarial_divergence", divergence), ("entropy", entropy),
                    ("class_accuracy", accuracy),
                ],
            },
            output);
    }

    [Fact]
    public void MOAM_LongerChange_MovesPredictionsFurther()
    {
        var batch = Networks.Batch(8);

        float[] divergences = [.. new[] { 0.0, 2, 8 }.Select(length =>
        {
            random.manual_seed(3);
            var method = new MOAM(() => new NormBackbone(), new() { AdversarialLength = length }, TestRuns.Of());
            method.eval();

            return method.Step(batch, TestRuns.Step()).Diagnostics.Single(d => d.Name == "adversarial_divergence").Value.item<float>();
        })];

        Assert.Equal(0, divergences[0], 1e-6);
        Assert.True(divergences[1] > 1e-4, $"{divergences[1]}");
        Assert.True(divergences[2] > divergences[1], $"{divergences[2]}");
    }

    [Fact]
    public void MOAM_Change_HasTheStatedLengthMovesMoreThanRandomOnesAndLeavesNoGradients()
    {
        const double length = 3;
        var (backbone, made) = (new SeenBackbone(), 0);
        var method = new MOAM(OneThenOthers, new() { AdversarialLength = length }, TestRuns.Of());
        method.eval();
        var batch = Networks.Batch(8);
        var networks = new Networks(method);

        var divergence = method.Step(batch, TestRuns.Step()).Diagnostics.Single(d => d.Name == "adversarial_divergence").Value.item<float>();

        var turned = Turned(batch.Views[0]);
        var odd = cat([Rows(turned, 1), Rows(turned, 3)], 0);                                    // [2 N, 3, S, S]
        var change = backbone.Seen[^1] - odd;
        Tensors.AssertClose(full([8], (float)length), change.flatten(1).square().sum(1).sqrt(), 1e-4);
        Assert.All(method.named_parameters(), parameter => Assert.Null(parameter.parameter.grad));
        var clean = Softmax(networks.Run(odd, "backbone", "classifier").to(float64));
        Assert.Equal(Moved(change), divergence, 1e-5);
        Assert.All(Enumerable.Range(50, 10), seed => Assert.True(divergence > Moved(Unit(Tensors.Normal((ulong)seed, 8, 192)).view(odd.shape) * length)));

        IBackbone OneThenOthers() => made++ == 0 ? backbone : new NormBackbone();

        double Moved(Tensor by) => Divergence(Softmax(networks.Run((odd + by).to(float32), "backbone", "classifier").to(float64)), clean).item<double>();
    }

    [Fact]
    public void MOAM_ChangeOfSignedPixels_HasTheStatedLengthThere()
    {
        const double length = 3;
        var (backbone, made, run) = (new SeenBackbone(), 0, TestRuns.Of());
        MOAMOptions options = new() { AdversarialLength = length, AdversarialPixels = AdversarialPixels.Signed };
        var method = new MOAM(OneThenOthers, options, run with { Data = run.Data with { Std = [0.5, 0.25, 0.125] } });
        method.eval();
        var batch = Networks.Batch(8);

        method.Step(batch, TestRuns.Step());

        var turned = Turned(batch.Views[0]);
        var change = backbone.Seen[^1] - cat([Rows(turned, 1), Rows(turned, 3)], 0);              // [2 N, 3, S, S]
        var signed = change * tensor(new[] { 1f, 0.5f, 0.25f }).view(3, 1, 1);                    // a pixel of 0 is -1, one of 1 is 1: twice the deviation
        Tensors.AssertClose(full([8], (float)length), signed.flatten(1).square().sum(1).sqrt(), 1e-4);

        IBackbone OneThenOthers() => made++ == 0 ? backbone : new NormBackbone();
    }

    [Fact]
    public void MOAM_AdversarysPasses_LeaveRunningStatisticsToThePassOfTheStep()
    {
        var (first, second) = (Create(new() { AdversarialLength = 4 }), Create(new() { AdversarialLength = 9 }));

        first.Step(Networks.Batch(8), TestRuns.Step());
        var h = Turned(Networks.Batch(8).Views[0]);
        ((Module<Tensor, Tensor>)second.Backbone).call(h);

        foreach (var (name, buffer) in ((Module)first.Backbone).named_buffers().Where(named => named.name.Contains("running_", StringComparison.Ordinal)))
        {
            Tensors.AssertClose(((Module)second.Backbone).state_dict()[name], buffer);
        }

        static MOAM Create(MOAMOptions options)
        {
            random.manual_seed(3);

            return new(() => new NormBackbone(), options, TestRuns.Of());
        }
    }

    /// <summary>Keeps copies of the images that it sees.</summary>
    private sealed class SeenBackbone : Module<Tensor, Tensor>, IBackbone
    {
        private readonly NormBackbone inner = new();

        public SeenBackbone()
            : base(nameof(SeenBackbone)) => RegisterComponents();

        public List<Tensor> Seen { get; } = [];

        public int FeatureDim => inner.FeatureDim;

        public override Tensor forward(Tensor input)
        {
            Seen.Add(input.detach().clone().DetachFromDisposeScope());

            return inner.call(input);
        }
    }

    /// <summary>Four turns of each image, counter-clockwise, image by image.</summary>
    private static Tensor Turned(Tensor images) =>
        stack([.. images.unbind().SelectMany(image => Enumerable.Range(0, Turns).Select(turn => image.rot90(turn, (1, 2))))]);

    private static Tensor Rows(Tensor rows, int image) => rows.narrow(0, image * Turns, Turns);

    /// <summary>Cross-entropy over all turns of the images at even places, and how many of them are right by the mean of their turns.</summary>
    private static (Tensor Loss, Tensor Accuracy) Classes(Tensor logits)
    {
        var even = new[] { 0, 2 };
        var loss = stack([.. even.Select(image => -Softmax(Rows(logits.to(float64), image)).log().select(1, _classes[image]).mean())]).mean();
        var right = even.Count(image => Rows(logits, image).mean([0]).argmax().item<long>() == _classes[image]);

        return (loss, tensor(right / 2.0));
    }

    /// <summary>The mean of the losses of both halves, each the mean over its rows.</summary>
    private static Tensor Rotations(Tensor logits)
    {
        var log = Softmax(logits.to(float64)).log().view(-1, Turns, Turns);                      // [N, turn, class]

        return -log.diagonal(0, 1, 2).mean();
    }
}
