using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>iBOT and DINOv2 against algorithm 1 of Zhou et al. 2022, section 4 of Oquab et al. 2024, and their code.</summary>
public sealed class IBOTStepTests
{
    private const double StudentT = 0.35;

    [Theory]
    [InlineData(0, 0.15, 0.15, true, false)]
    [InlineData(1, 0.18, 0.2, false, false)]    // by hand: halfway in the second of three epochs
    [InlineData(7, 0.21, 0.25, true, false)]
    [InlineData(7, 0.21, 0.25, false, true)]
    public void IBOT_Step_IsThePapers(int epoch, double viewT, double patchT, bool normLastLayer, bool swin)
    {
        IBOTOptions options = new()
        {
            Outputs = 5, HiddenDim = 10, BottleneckDim = 6, NormLastLayer = normLastLayer, StudentTemperature = StudentT, WarmupTeacherTemperature = 0.15,
            TeacherTemperature = 0.21, PatchTeacherTemperature = 0.25, WarmupTeacherTemperatureEpochs = 3, CentreMomentum = 0.7, PatchWeight = 1.5,
        };
        var (backbones, batch) = Transformers.Choose(swin);
        var method = new IBOT(backbones, options, TestRuns.Of());
        var (networks, context) = (new Networks(method), TestRuns.Step(epoch));
        var (before, patchesBefore) = (Tensors.Normal(5, 1, 5), Tensors.Normal(6, 1, 5));
        networks.Set("centre.center", before);
        networks.Set("patchCentre.center", patchesBefore);
        networks.Set("mask_token", Tensors.Normal(7, networks.State("mask_token").shape));

        var output = method.Step(batch, context);

        var (mask, student, teacher) = Pass(networks, batch, context, "head");
        var targets = Softmax((teacher.Views - before) / viewT).chunk(2, 0);
        var ofViews = TokenEquations.OfPairs(targets, student.Views, StudentT);
        var ofPatches = TokenEquations.MeanOfHidden(
            TokenEquations.CrossEntropies(Sharpened(teacher.Patches - patchesBefore, patchT), student.Patches / StudentT), mask);
        networks.AssertStep(
            new(ofViews + (1.5 * ofPatches))
            {
                Embedding = student.Embedding.chunk(2, 0)[0],
                Positive = student.Embedding.chunk(2, 0)[1],
                Targets = targets[0],
                Reports = [("view_loss", ofViews), ("patch_loss", ofPatches)],
                Remembered =
                [
                    ("centre", teacher.Views.mean([0], keepdim: true), null), ("patchCentre", teacher.Patches.flatten(0, 1).mean([0], keepdim: true), null),
                ],
                Constants = ["teacher"],
            },
            output);
    }

    [Theory]
    [InlineData(true, true, false, 0)]
    [InlineData(true, false, false, 0)]
    [InlineData(false, true, false, 0)]
    [InlineData(true, true, true, 0)]
    [InlineData(true, true, false, 7)]
    [InlineData(false, true, false, 7)]
    public void DINOv2_Step_IsThePapers(bool sinkhorn, bool separateHeads, bool swin, int patchOutputs)
    {
        var k = patchOutputs == 0 ? 5 : patchOutputs;
        DINOv2Options options = new()
        {
            Outputs = 5, HiddenDim = 10, BottleneckDim = 6, NormLastLayer = false, StudentTemperature = StudentT, TeacherTemperature = 0.21,
            CentreMomentum = 0.7, PatchWeight = 1.5, KoLeoWeight = 0.2, SinkhornIterations = 2, SeparateHeads = separateHeads,
            PatchOutputs = patchOutputs, PatchBottleneckDim = patchOutputs == 0 ? 0 : 4,
            Centring = sinkhorn ? DINOv2Centring.Sinkhorn : DINOv2Centring.Softmax,
        };
        var (backbones, batch) = Transformers.Choose(swin);
        var method = new DINOv2(backbones, options, TestRuns.Of());
        var (networks, context) = (new Networks(method), TestRuns.Step(4));
        var (before, patchesBefore) = (zeros([1, 5], dtype: float32), zeros([1, k], dtype: float32));
        if (!sinkhorn)
        {
            (before, patchesBefore) = (Tensors.Normal(5, 1, 5), Tensors.Normal(6, 1, k));
            networks.Set("centre.center", before);
            networks.Set("patchCentre.center", patchesBefore);
        }

        networks.Set("mask_token", Tensors.Normal(7, networks.State("mask_token").shape));

        var output = method.Step(batch, context);

        var (mask, student, teacher) = Pass(networks, batch, context, separateHeads ? "patch_head" : "head");
        var places = mask.flatten().nonzero().squeeze(1);
        var hiddenTeacher = teacher.Patches.flatten(0, 1).index_select(0, places);                      // [M, k]
        var targets = (sinkhorn ? Balanced(teacher.Views) : Softmax((teacher.Views - before) / 0.21)).chunk(2, 0);
        var patchTargets = sinkhorn ? Balanced(hiddenTeacher) : Softmax((hiddenTeacher - patchesBefore) / 0.21);
        var losses = zeros([mask.numel()], dtype: float64)
            .index_add(0, places, TokenEquations.CrossEntropies(patchTargets, student.Patches.flatten(0, 1).index_select(0, places) / StudentT), 1);
        var (ofViews, ofPatches) = (TokenEquations.OfPairs(targets, student.Views, StudentT), TokenEquations.MeanOfHidden(losses.reshape(mask.shape), mask));
        var spread = student.Features.chunk(2, 0).Select(KoLeo).Aggregate((a, b) => a + b);
        networks.AssertStep(
            new(ofViews + (1.5 * ofPatches) + (0.2 * spread))
            {
                Embedding = student.Embedding.chunk(2, 0)[0],
                Positive = student.Embedding.chunk(2, 0)[1],
                Targets = targets[0],
                Reports = [("view_loss", ofViews), ("patch_loss", ofPatches), ("koleo_loss", spread)],
                Remembered = sinkhorn ? [] :
                [
                    ("centre", teacher.Views.mean([0], keepdim: true), null), ("patchCentre", teacher.Patches.flatten(0, 1).mean([0], keepdim: true), null),
                ],
                Constants = ["teacher"],
            },
            output);
    }

    // The masks of the run, and both sides: features and embeddings of large crops, outputs of all views and of the patches of large crops.
    private static (Tensor Mask, (Tensor Features, Tensor Embedding, Tensor[] Views, Tensor Patches) Student, (Tensor Views, Tensor Patches) Teacher) Pass(
        Networks networks, Batch batch, StepContext context, string patchHead)
    {
        var equations = new TokenEquations(networks);
        var large = cat([batch.Views[0], batch.Views[1]], 0);
        var masks = new CropMasks(new(TestRuns.Of()), 0.5, 0.1, 0.5);
        var mask = masks.Draw(batch, context, 2, (ITokenBackbone)networks.Part("backbone"), large).flatten(1);   // [8, L]
        Assert.InRange(mask.sum().item<float>(), 1, 60);
        var (h, patches) = equations.Encode("backbone", large, mask);
        Tensor[] views = [.. equations.Head("head", h).chunk(2, 0), equations.Head("head", networks.Run(batch.Views[2], "backbone"))];
        using var noGradients = no_grad();
        var (teacherH, teacherPatches) = equations.Encode("teacher.backbone", large);
        var teacher = (equations.Head("teacher.head", teacherH), equations.Head("teacher." + patchHead, teacherPatches));
        using var gradients = enable_grad();

        return (mask, (h, equations.Embed("head", h), views, equations.Head(patchHead, patches)), teacher);
    }

    private static Tensor Sharpened(Tensor logits, double temperature) => (logits / temperature).softmax(-1);

    // exp(t / T), two rounds: columns, then rows to the same total
    private static Tensor Balanced(Tensor teacher)
    {
        var q = (teacher.to(float64) / 0.21).exp();
        for (var round = 0; round < 2; round++)
        {
            q = q / q.sum([0], keepdim: true);
            q = q / q.sum(1, keepdim: true);
        }

        return q.detach();
    }

    private static Tensor KoLeo(Tensor features)
    {
        var x = Unit(features);
        var distances = (x.unsqueeze(1) - x.unsqueeze(0) + 1e-8).square().sum(2).sqrt() + (10 * eye(x.shape[0], dtype: float64));   // none to itself

        return -(distances.amin([1]) + 1e-8).log().mean();
    }
}
