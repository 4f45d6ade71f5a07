using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>The layers between backbone and loss of every method, against the papers and their code.</summary>
/// <remarks>The backbone has 12 features; hidden layers are 10 wide and projections 6, where not said otherwise.</remarks>
public sealed class HeadTableTests
{
    // a linear layer with and without bias; normalisation with and without scale and shift
    private const string MoCoV2 = "12>10+b ReLU 10>6+b";
    private const string BYOL = "12>10+b BN ReLU 10>6", BYOLPredictor = "6>10+b BN ReLU 10>6";
    private const string SimCLR = "12>10 BN ReLU 10>6 BN";
    private const string DINOHeadLayers = "12>10+b GELU 10>10+b GELU 10>6+b";
    private const string MoCoV3Predictor = "6>10 BN ReLU 10>6";

    private static readonly Dictionary<string, (Func<RunInfo, IMethod> Create, (string Name, string Layers)[] Heads)> _table = new()
    {
        ["moco-v1"] = (
            run => new MoCoV1(Net, new() { QueueSize = 4, ProjectionDim = 6 }, run), [("projector", "12>6+b"), ("momentumEncoder.projector", "12>6+b")]),
        ["moco-v2"] = (
            run => new MoCoV2(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["moco-v2 default width"] = (
            run => new MoCoV2(Net, new() { QueueSize = 4, ProjectionDim = 6 }, run),
            [("projector", "12>12+b ReLU 12>6+b")]),   // the backbone's
        ["mochi"] = (
            run => new MoCHi(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["revisiting-moco"] = (
            run => new RevisitingMoCo(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["inter-clr"] = (
            run => new InterCLR(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["inter-clr-byol"] = (
            run => new InterCLRBYOL(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", BYOL), ("momentumEncoder.projector", BYOL), ("predictor", BYOLPredictor)]),
        ["ressl"] = (
            run => new ReSSL(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["ascl"] = (
            run => new ASCL(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["ascl-byol"] = (
            run => new ASCLBYOL(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", BYOL), ("momentumEncoder.projector", BYOL), ("predictor", BYOLPredictor)]),
        ["instdisc"] = (run => new InstDisc(Net(), new() { ProjectionDim = 6 }, run), [("projector", "12>6+b")]),   // Wu et al. 2018, code
        ["instdisc-softmax"] = (run => new InstDiscSoftmax(Net(), new() { ProjectionDim = 6 }, run), [("projector", "12>6+b")]),
        ["pirl"] = (run => new PIRL(Net(), new() { ProjectionDim = 6 }, run), [("imageHead", "12>6+b"), ("tileHead", "12>6+b"), ("joinHead", "54>6+b")]),
        ["pirl mlp"] = (
            run => new PIRL(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("imageHead", MoCoV2), ("tileHead", MoCoV2), ("joinHead", "54>6+b")]),
        ["pirl-rotation"] = (run => new PIRLRotation(Net(), new() { ProjectionDim = 6 }, run), [("imageHead", "12>6+b"), ("rotationHead", "12>6+b")]),
        ["supcon"] = (run => new SupCon(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", MoCoV2)]),
        ["s4l"] = (run => new S4L(Net(), new(), run), [("classifier", "12>3+b"), ("rotationHead", "12>4+b")]),   // Zhai et al. 2019, code
        ["s4l-exemplar"] = (run => new S4LExemplar(Net(), new() { EmbeddingDim = 6 }, run), [("classifier", "12>3+b"), ("embedding", "12>6+b")]),
        ["moam"] = (run => new MOAM(Net, new(), run), [("classifier", "12>3+b"), ("rotationHead", "12>4+b"), ("average.classifier", "12>3+b")]),
        ["supervised"] = (run => new Supervised(Net(), new(), run), [("classifier", "12>3+b")]),

        // Gidaris et al. 2018; Kolesnikov et al. 2019, code, and mmselfsup; Goyal et al. 2019, code, and Noroozi and Favaro 2016, code
        ["motion-segmentation"] = (
            run => new MotionSegmentation(new MapBackbone(3), new() { MaskSide = 7, PoolSide = 2, BottleneckDim = 10 }, run),
            [("head", "24>10 BN ReLU 10>49+b")]),
        ["rotnet"] = (run => new RotNet(Net(), run), [("head", "12>4+b")]),
        ["relative-position"] = (
            run => new RelativePosition(Net(), new() { EmbeddingDim = 6, HiddenDim = 10 }, run),
            [("embedding", "12>6+b"), ("head", "12>10+b BN ReLU Dropout 10>8+b")]),
        ["relative-position mmselfsup"] = (
            run => new RelativePosition(Net(), new() { EmbeddingDim = 0, HiddenDim = 10 }, run),
            [("embedding", "Identity"), ("head", "24>10+b BN ReLU Dropout 10>8+b")]),
        ["multi-task"] = (   // Doersch and Zisserman 2017; one hidden layer is ours
            run => new MultiTask(channels => new MapBackbone(channels), new() { UnitDim = 5, HiddenDim = 10, EmbeddingDim = 6 }, run),
            [("placeHead", "10>10+b BN ReLU 10>8+b"), ("embedding", "5>6+b")]),
        ["jigsaw"] = (
            run => new Jigsaw(Net(), new() { Cells = 2, Permutations = 9, EmbeddingDim = 6 }, run, NullLogger.Instance),
            [("embedding", "12>6+b BN ReLU"), ("head", "24>9+b")]),
        ["jigsaw, Kolesnikov"] = (
            run => new Jigsaw(
                Net(), new() { Cells = 2, Permutations = 9, EmbeddingDim = 6, LinearEmbedding = true, HiddenDim = 10, Dropout = 0.5 }, run,
                NullLogger.Instance),
            [("embedding", "12>6+b"), ("head", "24>10+b BN ReLU Dropout 10>9+b")]),
        ["jigsaw context-free"] = (
            run => new Jigsaw(
                Net(), new() { Cells = 2, Permutations = 9, EmbeddingDim = 6, HiddenDim = 10, Norm = HeadNorm.None, Dropout = 0.5 }, run, NullLogger.Instance),
            [("embedding", "12>6+b ReLU Dropout"), ("head", "24>10+b ReLU Dropout 10>9+b")]),
        ["exemplar"] = (run => new Exemplar(Net(), new() { Exemplars = 9 }, run), [("head", "12>9+b")]),
        ["exemplar-triplet"] = (run => new ExemplarTriplet(Net(), new() { EmbeddingDim = 6 }, run), [("embedding", "12>6+b")]),

        // Huang et al. 2022, code: every layer has a bias; on both sides projector and predictor when symmetric, the last layers without bias
        ["moco-v2-plus"] = (
            run => new MoCoV2Plus(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", "12>10+b BN ReLU 10>6+b"), ("momentumEncoder.projector", "12>10+b BN ReLU 10>6+b"), ("predictor", "6>10+b BN ReLU 10>6+b")]),
        ["moco-v2-plus symmetric"] = (
            run => new MoCoV2Plus(Net, new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10, SymmetricNetwork = true }, run),
            [("projector", BYOL + " " + BYOLPredictor), ("momentumEncoder.projector", BYOL + " " + BYOLPredictor)]),

        // Chen et al. 2021, code
        ["moco-v3"] = (
            run => new MoCoV3(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", "12>10 BN ReLU 10>6 BN-"), ("momentumEncoder.projector", "12>10 BN ReLU 10>6 BN-"), ("predictor", MoCoV3Predictor)]),
        ["moco-v3 transformer"] = (
            run => new MoCoV3(Net, new() { ProjectionDim = 6, HiddenDim = 10, Heads = MoCoV3Heads.Transformer }, run),
            [("projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"), ("predictor", MoCoV3Predictor + " BN-")]),

        // Huang et al. 2023, code: as BYOL's, no normalisation behind the last layer; Wu et al. 2023, code: layer normalisation, every layer has a bias
        ["cmae"] = (
            run => new CMAE(Tokens, new() { ProjectionDim = 6, HiddenDim = 10, DecoderWidth = 16 }, run),
            [("projector", "24>10+b BN ReLU 10>6"), ("targetProjector", "24>10+b BN ReLU 10>6"), ("predictor", BYOLPredictor)]),
        ["extrema"] = (
            run => new ExtreMA(Tokens, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [
                ("projector", "24>10+b LayerNorm GELU 10>10+b LayerNorm GELU 10>6+b"),
                ("targetProjector", "24>10+b LayerNorm GELU 10>10+b LayerNorm GELU 10>6+b"), ("predictor", "6>10+b LayerNorm GELU 10>6+b"),
            ]),

        // Zhai et al. 2022: one linear layer over the places; ours
        ["mp3"] = (run => new MP3(Tokens, new(), run), [("head", "24>16+b")]),
        ["macrl"] = (
            run => new MACRL(Tokens, new() { ProjectionDim = 6, HiddenDim = 10, QueueSize = 4, DecoderWidth = 16 }, run),
            [("projector", "24>10+b ReLU 10>6+b"), ("momentumProjector", "24>10+b ReLU 10>6+b")]),
        ["c-mae"] = (
            run => new ContrastiveMAE(Tokens, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", "24>10 BN ReLU 10>10 BN ReLU 10>6 BN-"), ("momentumProjector", "24>10 BN ReLU 10>10 BN ReLU 10>6 BN-")]),

        // Jang et al. 2023, code: three layers, half as wide for intermediate layers (16 features here); with BYOL no normalisation at the end
        ["sdssl"] = (
            run => new SDSSL(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [
                ("projectors.0", "16>5 BN ReLU 5>5 BN ReLU 5>6 BN-"), ("projectors.1", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"),
                ("momentumEncoder.projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"),
                ("predictors.0", MoCoV3Predictor + " BN-"), ("predictors.1", MoCoV3Predictor + " BN-"),
            ]),
        ["sdssl-byol"] = (
            run => new SDSSLBYOL(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [
                ("projectors.1", "12>10 BN ReLU 10>10 BN ReLU 10>6"), ("momentumEncoder.projector", "12>10 BN ReLU 10>10 BN ReLU 10>6"),
                ("predictors.0", MoCoV3Predictor),
            ]),
        ["sdssl-simclr"] = (
            run => new SDSSLSimCLR(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projectors.0", "16>5 BN ReLU 5>5 BN ReLU 5>6 BN-"), ("projectors.1", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-")]),

        // Chen et al. 2020, code: no biases, normalisation behind the last layer too
        ["simclr"] = (run => new SimCLR(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", SimCLR)]),
        ["simclr v2"] = (
            run => new SimCLR(Net(), new() { ProjectionDim = 6, HiddenDim = 10, HeadLayers = 3 }, run),
            [("projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN")]),
        ["dcl"] = (run => new DCL(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", SimCLR)]),
        ["dclw"] = (run => new DCLW(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", SimCLR)]),
        ["debiased-contrastive"] = (run => new DebiasedContrastive(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", SimCLR)]),
        ["projector-momentum-simclr"] = (
            run => new ProjectorMomentumSimCLR(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", SimCLR), ("momentumEncoder.projector", SimCLR)]),

        // Grill et al. 2020, code: of two linear layers only the first has a bias; lightly: the last; solo-learn: both
        ["byol"] = (
            run => new BYOL(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", BYOL), ("momentumEncoder.projector", BYOL), ("predictor", BYOLPredictor)]),
        ["byol lightly"] = (
            run => new BYOL(Net, new() { ProjectionDim = 6, HiddenDim = 10, HeadBias = HeadBias.Last }, run),
            [("projector", "12>10 BN ReLU 10>6+b"), ("predictor", "6>10 BN ReLU 10>6+b")]),
        ["byol solo-learn"] = (
            run => new BYOL(Net, new() { ProjectionDim = 6, HiddenDim = 10, HeadBias = HeadBias.Both }, run),
            [("projector", "12>10+b BN ReLU 10>6+b"), ("predictor", "6>10+b BN ReLU 10>6+b")]),
        ["projector-momentum"] = (
            run => new ProjectorMomentum(Net, new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", BYOL), ("momentumEncoder.projector", BYOL), ("predictor", BYOLPredictor)]),

        // Chen and He 2021, section 3, and code
        ["simsiam"] = (
            run => new SimSiam(Net(), new() { ProjectionDim = 6, HiddenDim = 10, PredictorHiddenDim = 4 }, run),
            [("projector", "12>10 BN ReLU 10>10 BN ReLU 10>6+b BN-"), ("predictor", "6>4 BN ReLU 4>6+b")]),

        // Dwibedi et al. 2021: normalisation behind each of three layers
        ["nnclr"] = (
            run => new NNCLR(Net(), new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 8 }, run),
            [("projector", "12>10+b BN ReLU 10>10+b BN ReLU 10>6+b BN"), ("predictor", "6>8+b BN ReLU 8>6+b")]),

        // Zbontar et al. 2021, Bardes et al. 2022, code
        ["barlow-twins"] = (
            run => new BarlowTwins(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", "12>10 BN ReLU 10>10 BN ReLU 10>6")]),
        ["vicreg"] = (run => new VICReg(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", "12>10+b BN ReLU 10>10+b BN ReLU 10>6")]),

        // Caron et al. 2020 and 2021, code
        ["swav"] = (run => new SwAV(Net(), new() { ProjectionDim = 6, HiddenDim = 10, QueueSize = 0 }, run), [("projector", "12>10+b BN ReLU 10>6+b")]),
        ["deepcluster-v2"] = (
            run => new DeepClusterV2(Net(), new() { ProjectionDim = 6, HiddenDim = 10 }, run, NullLogger.Instance), [("projector", "12>10+b BN ReLU 10>6+b")]),
        ["dino"] = (
            run => new DINO(Net, new() { Outputs = 9, BottleneckDim = 6, HiddenDim = 10 }, run),
            [("head.mlp", DINOHeadLayers), ("momentumEncoder.projector.mlp", DINOHeadLayers)]),
        ["dino normalised"] = (
            run => new DINO(Net, new() { Outputs = 9, BottleneckDim = 6, HiddenDim = 10, HeadBatchNorm = true }, run),
            [("head.mlp", "12>10+b BN GELU 10>10+b BN GELU 10>6+b")]),

        // Zhou et al. 2022, Li et al. 2022, Oquab et al. 2024, code: DINO's, without normalisation; patches have their own but in iBOT
        ["ibot"] = (
            run => new IBOT(Transformers.Tiny, new() { Outputs = 9, BottleneckDim = 6, HiddenDim = 10 }, run),
            [("head.mlp", DINOHeadLayers), ("teacher.head.mlp", DINOHeadLayers)]),
        ["esvit"] = (
            run => new EsViT(Transformers.Tiny, new() { Outputs = 9, BottleneckDim = 6, HiddenDim = 10 }, run),
            [("head.mlp", DINOHeadLayers), ("patch_head.mlp", DINOHeadLayers), ("teacher.patch_head.mlp", DINOHeadLayers)]),
        ["dinov2"] = (
            run => new DINOv2(Transformers.Tiny, new() { Outputs = 9, BottleneckDim = 6, HiddenDim = 10 }, run),
            [("head.mlp", DINOHeadLayers), ("patch_head.mlp", DINOHeadLayers), ("teacher.patch_head.mlp", DINOHeadLayers)]),

        ["dinov2 own widths"] = (
            run => new DINOv2(Transformers.Tiny, new()
            {
                Outputs = 9, BottleneckDim = 6, HiddenDim = 10, PatchOutputs = 7, PatchBottleneckDim = 4, PatchHiddenDim = 8,
            }, run),
            [
                ("head.mlp", DINOHeadLayers), ("patch_head.mlp", "12>8+b GELU 8>8+b GELU 8>4+b"),
                ("teacher.patch_head.mlp", "12>8+b GELU 8>8+b GELU 8>4+b"),
            ]),

        ["iboot"] = (run => new IBoot(new ClipBackbone(), Net, new(), run), [("head", "12>12+b")]),   // Saleh et al. 2022

        // Qian et al. 2021, code; Denize et al. 2023, code for video
        ["cvrl"] = (
            run => new CVRL(new ClipBackbone(), new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", "12>10+b BN ReLU 10>10+b BN ReLU 10>10+b BN ReLU 10>6+b")]),
        ["slic"] = (   // Hosseini Khorasgani et al. 2022, code
            run => new SLIC(new ClipBackbone(), new() { ProjectionDim = 6, HiddenDim = 10 }, run), [("projector", "12>10+b BN ReLU 10>6+b")]),
        ["concur"] = (   // ours
            run => new ConCur(new ClipBackbone(), new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", "12>10+b BN ReLU 10>6+b"), ("distanceHead", "24>10+b ReLU 10>1+b")]),
        ["concur classes"] = (
            run => new ConCur(new ClipBackbone(), new() { ProjectionDim = 6, HiddenDim = 10, DistanceClasses = 7 }, run),
            [("distanceHead", "24>10+b ReLU 10>7+b")]),
        ["cstp"] = (   // Zhang et al. 2022, code; pace and rotation have a fifth output there
            run => new CSTP(() => new ClipBackbone(), new() { ProjectionDim = 6, HiddenDim = 10 }, run),
            [
                ("projector", "12>10+b BN ReLU 10>6+b"), ("momentumEncoder.projector", "12>10+b BN ReLU 10>6+b"), ("predictor", "6>10+b BN ReLU 10>6+b"),
                ("spatialHead", "24>24+b BN ReLU 24>5+b"), ("temporalHead", "24>24+b BN ReLU 24>5+b"),
                ("paceHead", "12>12+b BN ReLU 12>4+b"), ("rotationHead", "12>12+b BN ReLU 12>4+b"),
            ]),
        ["infonce-video"] = (   // Han et al. 2020, code, as the next two
            run => new InfoNCEVideo(() => new ClipBackbone(), new() { QueueSize = 4, ProjectionDim = 6 }, run),
            [("projector", "12>12+b ReLU 12>6+b"), ("momentumEncoder.projector", "12>12+b ReLU 12>6+b")]),
        ["uber-nce"] = (
            run => new UberNCE(() => new ClipBackbone(), new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2)]),
        ["coclr"] = (
            run => new CoCLR(() => new ClipBackbone(), new() { QueueSize = 8, ProjectionDim = 6, HiddenDim = 10 }, run),
            [("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2), ("sampler.projector", MoCoV2)]),
        ["maclr"] = (
            run => new MaCLR(() => new ClipBackbone(), new() { QueueSize = 4, ProjectionDim = 6, HiddenDim = 10 }, run),
            [
                ("projector", MoCoV2), ("momentumEncoder.projector", MoCoV2), ("motionProjector", MoCoV2), ("motionMomentumEncoder.projector", MoCoV2),
            ]),
        ["sce-video"] = (
            run => new SCEVideo(() => new ClipBackbone(), new() { QueueSize = 8, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 8 }, run),
            [
                ("projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"), ("momentumEncoder.projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"),
                ("predictor", "6>8 BN ReLU 8>6"),
            ]),

        // Denize et al. 2023, code: ImageNet, then CIFAR-10
        ["sce"] = (
            run => new SCE(Net, new() { QueueSize = 8, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 8 }, run),
            [
                ("projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"), ("momentumEncoder.projector", "12>10 BN ReLU 10>10 BN ReLU 10>6 BN-"),
                ("predictor", "6>8 BN ReLU 8>6"),
            ]),
        ["sce small"] = (
            run => new SCE(
                Net,
                new() { QueueSize = 4, Symmetric = false, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 0, ProjectorLayers = 2, OutputNorm = false },
                run),
            [("projector", "12>10 BN ReLU 10>6+b")]),

        // Mitrovic et al. 2021: each hidden layer half as wide as the one before
        ["relic"] = (
            run => new ReLIC(Net, new() { ProjectionDim = 6, HiddenDim = 16 }, run),
            [("critic", "12>16 BN ReLU 16>8 BN ReLU 8>4 BN ReLU 4>6+b"), ("momentumEncoder.projector", "12>16 BN ReLU 16>8 BN ReLU 8>4 BN ReLU 4>6+b")]),
        ["relic-v2"] = (
            run => new ReLICv2(Net, new() { ProjectionDim = 6, HiddenDim = 16, HeadLayers = 3 }, run), [("critic", "12>16 BN ReLU 16>8 BN ReLU 8>6+b")]),
    };

    public static TheoryData<string> Names => [.. _table.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Heads_OfAMethod_AreThePapers(string name)
    {
        var (create, heads) = _table[name];
        var networks = new Networks((Module)create(TestRuns.Of()));

        Assert.Equal(heads, heads.Select(head => (head.Name, Text(networks.Part(head.Name)))));
    }

    private static string Text(Module module) => module switch
    {
        Linear linear => $"{linear.weight!.shape[1]}>{linear.weight.shape[0]}{(linear.bias is null ? "" : "+b")}",
        BatchNorm1d norm => norm.weight is null ? "BN-" : "BN",
        _ when module.children().Any() => string.Join(' ', module.children().Select(Text)),
        _ => module.GetType().Name,
    };

    private static NormBackbone Net() => new();

    private static ViT Tokens() => SmallTransformer.Create();
}
