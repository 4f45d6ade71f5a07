using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>Which networks of every momentum method are averaged, when, and along which schedule, against the papers.</summary>
public sealed class MomentumTableTests
{
    private const string Encoders = "backbone>momentumEncoder.backbone projector>momentumEncoder.projector";
    private const string LastLayer = "backbone>momentumEncoder.backbone projectors.1>momentumEncoder.projector";
    private const string ProjectorOnly = "projector>momentumEncoder.projector";
    private const string WithPatchHead = "backbone>teacher.backbone head>teacher.head patch_head>teacher.patch_head";
    private const string Critics = "backbone>momentumEncoder.backbone critic>momentumEncoder.projector";

    /// <summary>Pairs (the predictor is in none), moment, shares kept at the first and the last step by default, and the method.</summary>
    private static readonly Dictionary<string, Row> _table = new()
    {
        // He et al. 2020, section 3.2 and algorithm 1: m = 0.999, keys are made after the update
        ["moco-v1"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999, m =>
            new MoCoV1(Net, With(new MoCoV1Options { QueueSize = 4 }, m), TestRuns.Of())),
        ["moco-v2"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999, m =>
            new MoCoV2(Net, With(new MoCoV2Options { QueueSize = 4 }, m), TestRuns.Of())),
        ["mochi"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999, m => new MoCHi(Net, With(new MoCHiOptions { QueueSize = 4 }, m), TestRuns.Of())),
        // Van Gansbeke et al. 2021, code: 0.995
        ["revisiting-moco"] = new(Encoders, MomentumUpdate.BeforeForward, 0.995, 0.995,
            m => new RevisitingMoCo(Net, With(new RevisitingMoCoOptions { QueueSize = 4 }, m), TestRuns.Of())),
        // Xie et al. 2022, code, on MoCo v2; with byol as BYOL
        ["inter-clr"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new InterCLR(Net, With(new InterCLROptions { QueueSize = 4 }, m), TestRuns.Of())),
        ["inter-clr-byol"] = new(Encoders, MomentumUpdate.AfterOptimizerStep, 0.999, 1,
            m => new InterCLRBYOL(Net, With(new InterCLRBYOLOptions(), m), TestRuns.Of())),
        // Huang et al. 2022, code: BYOL's momentum, 0.99 to 1
        ["moco-v2-plus"] = new(Encoders, MomentumUpdate.AfterOptimizerStep, 0.99, 1,
            m => new MoCoV2Plus(Net, With(new MoCoV2PlusOptions { QueueSize = 4, HiddenDim = 8 }, m), TestRuns.Of())),
        // Chen et al. 2021, code: 0.99 to 1, updated before the keys are made
        ["moco-v3"] = new(Encoders, MomentumUpdate.BeforeForward, 0.99, 1, m => new MoCoV3(Net, With(new MoCoV3Options { HiddenDim = 8 }, m), TestRuns.Of())),
        // Wu et al. 2023, code: as MoCo v3; Huang et al. 2023, code: constant, after the step; MACRL and C-MAE are ours
        ["extrema"] = new("backbone>teacher.backbone pooling>teacher.pooling projector>targetProjector", MomentumUpdate.BeforeForward, 0.996, 1,
            m => new ExtreMA(Tokens, With(new ExtreMAOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        ["cmae"] = new("backbone>targetBackbone projector>targetProjector", MomentumUpdate.AfterOptimizerStep, 0.996, 0.996,
            m => new CMAE(Tokens, With(new CMAEOptions { HiddenDim = 8, DecoderWidth = 16 }, m), TestRuns.Of())),
        ["macrl"] = new("backbone>momentumBackbone projector>momentumProjector", MomentumUpdate.BeforeForward, 0.99, 0.99,
            m => new MACRL(Tokens, With(new MACRLOptions { QueueSize = 4, DecoderWidth = 16 }, m), TestRuns.Of())),
        ["c-mae"] = new("backbone>momentumBackbone projector>momentumProjector", MomentumUpdate.BeforeForward, 0.996, 0.996,
            m => new ContrastiveMAE(Tokens, With(new ContrastiveMAEOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        // Zheng et al. 2021, code: 0.999, before the key pass
        ["ressl"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new ReSSL(Net, With(new ReSSLOptions { QueueSize = 4, HiddenDim = 8 }, m), TestRuns.Of())),
        // Feng and Patras 2022, code: MoCo's order
        ["ascl"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999, m => new ASCL(Net, With(new ASCLOptions { QueueSize = 4 }, m), TestRuns.Of())),
        ["ascl-byol"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new ASCLBYOL(Net, With(new ASCLBYOLOptions(), m), TestRuns.Of())),
        // Grill et al. 2020, section 3.3: 0.996 to 1, after the optimizer step
        ["byol"] = new(Encoders, MomentumUpdate.AfterOptimizerStep, 0.996, 1, m => new BYOL(Net, With(new BYOLOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        // Caron et al. 2021, section 3.1: 0.996 to 1
        ["dino"] = new("backbone>momentumEncoder.backbone head>momentumEncoder.projector", MomentumUpdate.AfterOptimizerStep, 0.996, 1,
            m => new DINO(Net, With(new DINOOptions { Outputs = 8, HiddenDim = 8 }, m), TestRuns.Of())),
        // Zhou et al. 2022, Li et al. 2022, Oquab et al. 2024, code: 0.996 and 0.992 to 1; heads of patches too
        ["ibot"] = new("backbone>teacher.backbone head>teacher.head", MomentumUpdate.AfterOptimizerStep, 0.996, 1,
            m => new IBOT(Transformers.Tiny, With(new IBOTOptions { Outputs = 8, HiddenDim = 8 }, m), TestRuns.Of())),
        ["esvit"] = new(WithPatchHead, MomentumUpdate.AfterOptimizerStep, 0.996, 1,
            m => new EsViT(Transformers.Tiny, With(new EsViTOptions { Outputs = 8, HiddenDim = 8 }, m), TestRuns.Of())),
        ["dinov2"] = new(WithPatchHead, MomentumUpdate.AfterOptimizerStep, 0.992, 1,
            m => new DINOv2(Transformers.Tiny, With(new DINOv2Options { Outputs = 8, HiddenDim = 8 }, m), TestRuns.Of())),
        // Mitrovic et al. 2021, Tomasev et al. 2022: BYOL's
        ["relic"] = new(Critics, MomentumUpdate.AfterOptimizerStep, 0.996, 1, m => new ReLIC(Net, With(new ReLICOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        ["relic-v2"] = new(Critics, MomentumUpdate.AfterOptimizerStep, 0.996, 1,
            m => new ReLICv2(Net, With(new ReLICv2Options { HiddenDim = 8 }, m), TestRuns.Of())),
        // Denize et al. 2023, code: 0.99 to 1, after the step
        ["sce"] = new(Encoders, MomentumUpdate.AfterOptimizerStep, 0.99, 1,
            m => new SCE(Net, With(new SCEOptions { QueueSize = 8, HiddenDim = 8, PredictorDim = 8 }, m), TestRuns.Of())),
        // Zhang et al. 2022, code: 0.996, before the forward pass
        ["cstp"] = new(Encoders, MomentumUpdate.BeforeForward, 0.996, 0.996,
            m => new CSTP(() => new ClipBackbone(), With(new CSTPOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        // Xiao et al. 2022, option table: 0.999, before the forward pass
        ["maclr"] = new(
            Encoders + " motionBackbone>motionMomentumEncoder.backbone motionProjector>motionMomentumEncoder.projector",
            MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new MaCLR(() => new ClipBackbone(), With(new MaCLROptions { QueueSize = 4, HiddenDim = 8 }, m), TestRuns.Of())),
        // Han et al. 2020, code: 0.999, before the forward pass; the sampler is in no pair
        ["infonce-video"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new InfoNCEVideo(() => new ClipBackbone(), With(new InfoNCEVideoOptions { QueueSize = 4 }, m), TestRuns.Of())),
        ["uber-nce"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new UberNCE(() => new ClipBackbone(), With(new UberNCEOptions { QueueSize = 4 }, m), TestRuns.Of())),
        ["coclr"] = new(Encoders, MomentumUpdate.BeforeForward, 0.999, 0.999,
            m => new CoCLR(() => new ClipBackbone(), With(new CoCLROptions { QueueSize = 8 }, m), TestRuns.Of())),
        // Denize et al. 2023, code for video: 0.99 to 1, after the step
        ["sce-video"] = new(Encoders, MomentumUpdate.AfterOptimizerStep, 0.99, 1,
            m => new SCEVideo(() => new ClipBackbone(), With(new SCEVideoOptions { QueueSize = 8, HiddenDim = 8, PredictorDim = 8 }, m), TestRuns.Of())),
        // Jang et al. 2023, code: 0.996 to 1; the teacher has the last layer's projector only
        ["sdssl-byol"] = new(LastLayer, MomentumUpdate.AfterOptimizerStep, 0.996, 1,
            m => new SDSSLBYOL(Net, With(new SDSSLBYOLOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        ["sdssl"] = new(LastLayer, MomentumUpdate.AfterOptimizerStep, 0.996, 1,
            m => new SDSSL(Net, With(new SDSSLOptions { HiddenDim = 8 }, m), TestRuns.Of())),
        // Pham et al. 2022: the projector alone; BYOL's schedule from 0.99 is ours
        ["projector-momentum"] = new(ProjectorOnly, MomentumUpdate.AfterOptimizerStep, 0.99, 1, m => Projector(MomentumScope.Projector, m)),
        ["projector-momentum-simclr"] = new(ProjectorOnly, MomentumUpdate.AfterOptimizerStep, 0.99, 1,
            m => new ProjectorMomentumSimCLR(Net, With(new ProjectorMomentumSimCLROptions { HiddenDim = 8 }, m), TestRuns.Of())),
        ["projector-momentum full"] = new($"{ProjectorOnly} backbone>momentumEncoder.backbone", MomentumUpdate.AfterOptimizerStep, 0.99, 1,
            m => Projector(MomentumScope.Full, m)),
    };

    public static TheoryData<string> Names => [.. _table.Keys];

    [Theory, MemberData(nameof(Names))]
    public void MomentumPairs_NetworksAndMoment_AreThePapers(string name)
    {
        var row = _table[name];
        var method = (Module)row.Create(null);

        var pairs = ((IMomentumPairs)method).MomentumPairs;

        Assert.Equal(row.Pairs, string.Join(' ', pairs.Select(pair => $"{NameOf(method, pair.Online)}>{NameOf(method, pair.Target)}")));
        Assert.All(pairs, pair => Assert.Equal(row.When, pair.When));
        Assert.All(pairs, pair => Assert.Equal(pair.Online.state_dict().Keys, pair.Target.state_dict().Keys));
    }

    [Theory, MemberData(nameof(Names))]
    public void MomentumPairs_Schedule_RunsFromStartToEndAlongHalfACosine(string name)
    {
        var row = _table[name];

        AssertRunsBetween(row.Start, row.End, row.Create(null));
        AssertRunsBetween(0.2, row.Start == row.End ? 0.2 : row.End, row.Create(0.2));
    }

    [Fact]
    public void MomentumPairs_FinalMomentum_IsReachedAtTheEnd()
    {
        AssertRunsBetween(0.3, 0.7, new BYOL(Net, new() { Momentum = 0.3, FinalMomentum = 0.7, HiddenDim = 8 }, TestRuns.Of()));
        AssertRunsBetween(0.3, 0.7, new ReLIC(Net, new() { Momentum = 0.3, FinalMomentum = 0.7, HiddenDim = 8 }, TestRuns.Of()));
        AssertRunsBetween(0.3, 0.7, new ReLICv2(Net, new() { Momentum = 0.3, FinalMomentum = 0.7, HiddenDim = 8 }, TestRuns.Of()));
        AssertRunsBetween(0.3, 0.7, new SCE(Net, new() { Momentum = 0.3, FinalMomentum = 0.7, QueueSize = 8, HiddenDim = 8 }, TestRuns.Of()));
        AssertRunsBetween(0.3, 0.7, new ProjectorMomentum(Net, new() { Momentum = 0.3, FinalMomentum = 0.7, HiddenDim = 8 }, TestRuns.Of()));
    }

    [Fact]
    public void MomentumPairs_LastStageAndProjector_CopyEarlierStagesAfterEveryStep()
    {
        var method = Projector(MomentumScope.LastStageAndProjector, 0.3);

        Assert.Equal(
            [
                ("projector", "momentumEncoder.projector", 0.3, 1), ("backbone.first", "momentumEncoder.backbone.first", 0, 0),
                ("backbone.second", "momentumEncoder.backbone.second", 0.3, 1),
            ],
            method.MomentumPairs.Select(pair => (NameOf(method, pair.Online), NameOf(method, pair.Target), pair.Momentum.Start, pair.Momentum.End)));
        Assert.All(method.MomentumPairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
    }

    [Fact]
    public void MomentumPairs_OfNoScope_AreNone() => Assert.Empty(Projector(MomentumScope.None, null).MomentumPairs);

    private static void AssertRunsBetween(double start, double end, IMomentumPairs method)
    {
        foreach (var pair in method.MomentumPairs)
        {
            double At(long step) => pair.Momentum.At(step, 100);

            Assert.Equal([start, (start + end) / 2, end], new[] { At(0), At(50), At(100) }.Select(value => Math.Round(value, 9)));
            Assert.Equal(end - ((end - start) * 0.8535533905932737), At(25), tolerance: 1e-9);   // (cos(pi / 4) + 1) / 2
        }
    }

    private static ProjectorMomentum Projector(MomentumScope scope, double? momentum) =>
        new ProjectorMomentum(Net, With(new ProjectorMomentumOptions { EmaScope = scope, HiddenDim = 8 }, momentum), TestRuns.Of());

    private static string NameOf(Module method, Module part) => method.named_modules().First(named => ReferenceEquals(named.module, part)).name;

    private static NormBackbone Net() => new NormBackbone();

    private static ViT Tokens() => SmallTransformer.Create();

    /// <summary>The options with another momentum; every method calls it so.</summary>
    private static TOptions With<TOptions>(TOptions options, double? momentum)
        where TOptions : class
    {
        if (momentum is not null)
        {
            typeof(TOptions).GetProperty("Momentum")!.SetValue(options, momentum);
        }

        return options;
    }

    private sealed record Row(string Pairs, MomentumUpdate When, double Start, double End, Func<double?, IMomentumPairs> Create);
}
