using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Recipes;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>CSTP against Zhang et al. 2022 and its code.</summary>
public sealed class CSTPStepTests
{
    private static readonly CSTPOptions _options = new()
    {
        ByolWeight = 0.3, SpatialWeight = 0.5, TemporalWeight = 0.7, PaceWeight = 1.1, RotationWeight = 1.3, HiddenDim = 10, ProjectionDim = 6,
    };

    [Fact]
    public void Faults_WhatMakesLabelsFalse_IsTold()
    {
        using var method = new CSTP(() => new ClipBackbone(), new() { HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());

        Assert.Contains("The section views", Assert.Single(new CSTPOptions().Faults(TestRuns.Of() with { ViewCount = 2 })), StringComparison.Ordinal);
        Assert.Empty(new CSTPOptions().Faults(TestRuns.Of()));
        Assert.Contains("clips.rate", Assert.Single(method.Faults(TestRuns.Of() with { Clip = new(4) { Seconds = 2 } })), StringComparison.Ordinal);
        Assert.Empty(method.Faults(TestRuns.Of() with { Clip = new(4) { Stride = 2 } }));
    }

    [Fact]
    public void CSTP_Step_IsThePapers()
    {
        var (method, batch) = (Create(TestRuns.Of()), Clips());
        var networks = new Networks(method);

        var output = method.Step(batch, TestRuns.Step());

        var task = new OverlapTasks(TestRuns.Of()).Of(batch, TestRuns.Step());
        var (ha, hb) = (networks.Run(task.First, "backbone"), networks.Run(task.Second, "backbone"));
        var (za, zb) = (networks.Run(ha, "projector"), networks.Run(hb, "projector"));
        var (ta, tb) = (Target(task.First), Target(task.Second));
        var byol = Distance(networks.Run(za, "predictor"), tb) + Distance(networks.Run(zb, "predictor"), ta);
        var (spatial, temporal) = (networks.Run(cat([ha, hb], 1), "spatialHead"), networks.Run(cat([ha, hb], 1), "temporalHead"));
        var (pace, turns) = (networks.Run(ha, "paceHead"), networks.Run(ha, "rotationHead"));
        var paces = Prediction(pace, task.Pace) + Prediction(networks.Run(hb, "paceHead"), task.Pace);
        var rotations = Prediction(turns, task.FirstTurns) + Prediction(networks.Run(hb, "rotationHead"), task.SecondTurns);
        var loss = (0.3 * byol) + (0.5 * Prediction(spatial, task.Spatial)) + (0.7 * Prediction(temporal, task.Temporal)) + (1.1 * paces) + (1.3 * rotations);
        networks.AssertStep(
            new(loss)
            {
                Embedding = za,
                Positive = tb,
                Reports =
                [
                    ("spatial_accuracy", Right(spatial, task.Spatial)), ("temporal_accuracy", Right(temporal, task.Temporal)),
                    ("pace_accuracy", Right(pace, task.Pace)), ("rotation_accuracy", Right(turns, task.FirstTurns)),
                ],
                Constants = ["momentumEncoder"],
            },
            output);

        Tensor Target(Tensor clips) => networks.Constant(clips, "momentumEncoder.backbone", "momentumEncoder.projector");
    }

    [Fact]
    public void CSTP_Views_AreWholeFramesOfBothClips()
    {
        var views = Create(TestRuns.Of() with { ImageSize = 112 }).Views;

        Assert.Equal(
            ["2 x random-resized-crop 128 1 1 1 1 bilinear | color-jitter 0.4 0.4 0.4 0.1 0.24 | grayscale 0.06 | gaussian-blur 0.1 2 0.15 0 | normalize"],
            ViewText.Of(views));
        Assert.IsType<OverlappingClips>(views.Clips!.Sampler);
    }

    [Theory]
    [InlineData(1, "clips.frames is 1")]
    [InlineData(2, null)]
    public void Faults_ClipOfOneFrame_IsOne(int frames, string? expected)
    {
        var faults = Create(TestRuns.Of()).Faults(TestRuns.Of() with { Clip = new(frames) }).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith(expected!, fault, StringComparison.Ordinal));
    }

    private static CSTP Create(RunInfo run) => new(() => new ClipBackbone(), _options, run);

    /// <summary>2 - 2 cos.</summary>
    private static Tensor Distance(Tensor p, Tensor z) => (2 - (2 * PairCosines(p, z))).mean();

    private static Tensor Prediction(Tensor logits, Tensor classes) => -Softmax(logits.to(float64)).log().gather(1, classes.unsqueeze(1)).mean();

    private static Tensor Right(Tensor logits, Tensor classes) => logits.argmax(1).eq(classes).to(float64).mean();

    /// <summary>Frames of 9 pixels, of which 8 are seen; two clips of 4 frames, every second one, that begin apart by 0 to 4 frames.</summary>
    private static Batch Clips() => Networks.Batch(9, 9) with
    {
        Views = [Tensors.Normal(41, TestRuns.BatchSize, 3, 4, 9, 9), Tensors.Normal(42, TestRuns.BatchSize, 3, 4, 9, 9)],
        Windows = tensor(new float[] { 3, 7, 30, 3, 7, 30, 3, 7, 30, 5, 7, 30, 8, 7, 30, 5, 7, 30, 0, 7, 30, 4, 7, 30 }).view(4, 2, 3),
    };
}
