using Parallax.Contracts;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>What options say about a run of 40 images in batches of 4, 10 steps an epoch, at the edge of what works and beyond it.</summary>
public sealed class RunRequirementsTests
{
    private static readonly RunInfo _run = TestRuns.Of() with { Epochs = 3 };

    public static TheoryData<IRunRequirements, string> Impossible => new()
    {
        { new MoCoV1Options { QueueSize = 6 }, "The queue holds 6 keys and 4 enter" },
        { new MoCoV2Options { QueueSize = 12, Symmetric = true }, "The queue holds 12 keys and 8 enter" },
        { new MoCoV2PlusOptions { QueueSize = 2 }, "The nearest valid size is 4." },
        { new MoCHiOptions { QueueSize = 5, Hardest = 1 }, "The nearest valid sizes are 4 and 8." },
        { new ReSSLOptions { QueueSize = 9 }, "The queue holds 9" },
        { new NNCLROptions { QueueSize = 9 }, "The queue holds 9" },
        { new RevisitingMoCoOptions { QueueSize = 9, Neighbours = 1 }, "The queue holds 9" },
        { new InterCLROptions { QueueSize = 9 }, "The queue holds 9" },
        { new MACRLOptions { QueueSize = 9 }, "The queue holds 9" },
        { new ASCLOptions { QueueSize = 9 }, "The queue holds 9" },
        { new SCEOptions { QueueSize = 12 }, "The queue holds 12 keys and 8 enter" },
        { new ASCLBYOLOptions { Neighbours = 4 }, "method.neighbours is 4, and 4 images are seen at a time" },
        { new DeepClusterOptions { Clusters = 41 }, "method.clusters is 41, but there are 40 training images" },
        { new DeeperClusterOptions { Clusters = 44 }, "method.clusters is 44, but there are 40 training images" },
        { new SeLaOptions { Clusters = 41 }, "method.clusters is 41, but there are 40 training images" },
        { new DeepClusterV2Options { Prototypes = 41 }, "method.prototypes is 41, but there are 40 training images" },
        { new ResNetOptions { Norm = NormKind.Split, Splits = 3 }, "Make trainer.batchSize a multiple of 3, set backbone.splits to a divisor of 4" },
        { new SmallResNetOptions { Norm = NormKind.Split, Splits = 8 }, "backbone.splits 8 cannot divide 4 images" },
    };

    public static TheoryData<IRunRequirements> Possible =>
    [
        new MoCoV1Options { QueueSize = 4 }, new MoCoV2Options { QueueSize = 12 }, new MoCoV2Options { QueueSize = 16, Symmetric = true },
        new SCEOptions { QueueSize = 0 }, new SCEOptions { QueueSize = 12, Symmetric = false },
        new InterCLRBYOLOptions(), new ASCLBYOLOptions { Neighbours = 3 }, new DeepClusterV2Options { Prototypes = 40 },
        new DeepClusterOptions { Clusters = 40 }, new DeeperClusterOptions { Clusters = 40 }, new SeLaOptions { Clusters = 40 },
        new ResNetOptions { Norm = NormKind.Split, Splits = 4 },
        new ResNetOptions { Norm = NormKind.Batch, Splits = 3 }, new SupConOptions(), new SupervisedOptions(), new ConstrainedCropOptions { AnchorView = 7 },
    ];

    public static TheoryData<IRunRequirements, string> PastTheEnd => new()
    {
        { new MoCHiOptions { WarmupEpochs = 3 }, "method.warmupEpochs is 3, but the run ends after 30 steps (3 epochs): no synthetic negative is mixed" },
        { new RevisitingMoCoOptions { NeighbourWarmupEpochs = 4 }, "method.neighbourWarmupEpochs is 4, but the run ends after 30 steps (3 epochs)" },
        { new InterCLROptions { InterWarmupEpochs = 3 }, "the inter-image branch never takes part" },
        { new InterCLRBYOLOptions { InterWarmupEpochs = 3 }, "the inter-image branch never takes part" },
        { new SwAVOptions { QueueStartEpoch = 3, FreezePrototypesSteps = 29 }, "method.queueStartEpoch is 3" },
        { new SwAVOptions { QueueStartEpoch = 2, FreezePrototypesSteps = 30 }, "method.freezePrototypesSteps is 30, but the run has only 30 steps: "
            + "the prototypes never learn" },
        { new DINOOptions { FreezeLastLayerEpochs = 3 }, "the last layer never learns" },
        { new DINOOptions { WarmupTeacherTemperatureEpochs = 4 }, "never reaches method.teacherTemperature" },
    };

    public static TheoryData<IRunRequirements> InTime =>
    [
        new MoCHiOptions { WarmupEpochs = 2 }, new RevisitingMoCoOptions { NeighbourWarmupEpochs = 2 },
            new RevisitingMoCoOptions { NeighbourWarmupEpochs = 9, NeighbourWeight = 0 }, new InterCLROptions { InterWarmupEpochs = 2 },
        new InterCLROptions { InterWarmupEpochs = 9, InterWeight = 0 }, new SwAVOptions { QueueStartEpoch = 2, FreezePrototypesSteps = 29 },
            new SwAVOptions { QueueStartEpoch = 9, QueueSize = 0, FreezePrototypesSteps = 0 },
        new DINOOptions { FreezeLastLayerEpochs = 2.9, WarmupTeacherTemperatureEpochs = 3 }, new MoCoV1Options(),
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Faults_WhatCannotWork_IsOneSentenceWithItsKey(IRunRequirements options, string expected) =>
        Assert.Contains(expected, Assert.Single(options.Faults(_run)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Possible))]
    public void Faults_AtTheEdge_AreNone(IRunRequirements options) => Assert.Empty(options.Faults(_run));

    [Theory]
    [MemberData(nameof(PastTheEnd))]
    public void Notes_WhatBeginsAfterTheEnd_IsTold(IRunRequirements options, string expected) =>
        Assert.Contains(expected, Assert.Single(options.Notes(_run)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(InTime))]
    public void Notes_WhatBeginsInTime_AreNone(IRunRequirements options) => Assert.Empty(options.Notes(_run));

    [Fact]
    public void Notes_RunCutShortBySteps_CountsThese() =>
        Assert.StartsWith("method.warmupEpochs is 1, but the run ends after 7 steps (0.7 "
            + "epochs)", Assert.Single(new MoCHiOptions { WarmupEpochs = 1 }.Notes(_run with { MaxSteps = 7 })), StringComparison.Ordinal);

    [Fact]
    public void Faults_Shares_CountProcessesAndMicroBatches()
    {
        var options = new ResNetOptions { Norm = NormKind.Split, Splits = 2 };
        var run = _run with { BatchSize = 16, WorldSize = 2 };

        Assert.Empty(options.Faults(run with { Accumulation = 4 }));   // 2 images at a time
        Assert.Contains(
            "cannot divide 3 images (trainer.batchSize 24 over 2 processes and trainer.accumulation 4) into equal groups. Make trainer.batchSize a "
                + "multiple of 16,",
            Assert.Single(options.Faults(run with { BatchSize = 24, Accumulation = 4 })), StringComparison.Ordinal);
    }
}
