using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>EsViT against section 3.2 of Li et al. 2022 and its code.</summary>
public sealed class EsViTStepTests
{
    private const double StudentT = 0.35, TeacherT = 0.21;

    [Theory]
    [InlineData("vit")]      // 16, 16 and 9 regions
    [InlineData("swin")]     // 9, 9 and 4
    [InlineData("resnet")]   // 36, 36 and 16
    public void EsViT_Step_IsThePapers(string backbone)
    {
        EsViTOptions options = new()
        {
            Outputs = 5, HiddenDim = 10, BottleneckDim = 6, NormLastLayer = false, StudentTemperature = StudentT, TeacherTemperature = TeacherT,
            CentreMomentum = 0.7,
        };
        var (backbones, batch) = backbone == "resnet" ? (Residual, Networks.Batch(24, 24, 16)) : Transformers.Choose(swin: backbone == "swin");
        var method = new EsViT(backbones, options, TestRuns.Of());
        var networks = new Networks(method);
        var (before, regionsBefore) = (Tensors.Normal(5, 1, 5), Tensors.Normal(6, 1, 5));
        networks.Set("centre.center", before);
        networks.Set("regionCentre.center", regionsBefore);

        var output = method.Step(batch, TestRuns.Step(3));

        var equations = new TokenEquations(networks);
        var student = batch.Views.Select(view => equations.Encode("backbone", view)).ToList();
        Tensor[] views = [.. student.Select(view => equations.Head("head", view.Views))];
        var (teacher, teacherRegions) = Teacher(equations, batch);
        var targets = Softmax((teacher - before) / TeacherT).chunk(2, 0);
        var targetsOfRegions = ((teacherRegions.Outputs - regionsBefore) / TeacherT).softmax(-1);
        var ofViews = TokenEquations.OfPairs(targets, views, StudentT);
        List<Tensor> pairs = [];
        for (var t = 0; t < 2; t++)
        {
            for (var v = 0; v < 3; v++)
            {
                if (v != t)
                {
                    pairs.Add(OfRegions(equations, student[v].Patches, teacherRegions.Features.chunk(2, 0)[t], targetsOfRegions.chunk(2, 0)[t]));
                }
            }
        }

        var ofRegions = stack([.. pairs]).mean();
        networks.AssertStep(
            new((ofViews + ofRegions) / 2)
            {
                Embedding = equations.Embed("head", student[0].Views),
                Positive = equations.Embed("head", student[1].Views),
                Targets = targets[0],
                Reports = [("view_loss", ofViews), ("region_loss", ofRegions)],
                Remembered =
                [
                    ("centre", teacher.mean([0], keepdim: true), null),
                    ("regionCentre", teacherRegions.Outputs.flatten(0, 1).mean([0], keepdim: true), null),
                ],
                Constants = ["teacher"],
            },
            output);
    }

    // normalised image by image, so that an image has the same features in any batch
    private static ResNet20 Residual() => new(new() { Width = 0.25, Norm = NormKind.Layer }, TestRuns.Of());

    // region by region: the target of the most similar region of the same image
    private static Tensor OfRegions(TokenEquations equations, Tensor regions, Tensor others, Tensor targets)
    {
        var scores = equations.Head("patch_head", regions) / StudentT;   // [4, L, 5]
        List<Tensor> losses = [];
        for (var image = 0; image < 4; image++)
        {
            var match = Cosines(regions[image], others[image]).argmax(1);
            losses.Add(TokenEquations.CrossEntropies(targets[image].index_select(0, match), scores[image]));
        }

        return stack([.. losses]).mean();
    }

    private static (Tensor Views, (Tensor Features, Tensor Outputs) Regions) Teacher(TokenEquations equations, Batch batch)
    {
        using var noGradients = no_grad();
        var (h, regions) = equations.Encode("teacher.backbone", cat([batch.Views[0], batch.Views[1]], 0));

        return (equations.Head("teacher.head", h), (regions, equations.Head("teacher.patch_head", regions)));
    }
}
