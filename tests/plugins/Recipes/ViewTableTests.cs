using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>The views that each method takes by itself, number by number, against its paper or its authors' code.</summary>
public sealed class ViewTableTests
{
    private const string Flip = "horizontal-flip 0.5", Gray = "grayscale 0.2", Solarize = "solarize 0.5 0.2", Normalize = "normalize";

    // brightness, contrast, saturation, hue, probability
    private const string MoCoJitter = "color-jitter 0.4 0.4 0.4 0.1 0.8", BYOLJitter = "color-jitter 0.4 0.4 0.2 0.1 0.8";
    private const string StrongJitter = "color-jitter 0.8 0.8 0.8 0.2 0.8";

    private static readonly string _moCoV2 = View(Crop(224, 0.2, 1), MoCoJitter, Gray, Blur(0.5), Flip);
    private static readonly string _moCoSmall = View(Crop(32, 0.08, 1), MoCoJitter, Gray, Flip);
    private static readonly string _simclr = View(Bicubic(224, 0.08, 1), Flip, StrongJitter, Gray, Blur(0.5, 23));
    private static readonly string _swavSmall = View(Crop(32, 0.08, 1), Flip, StrongJitter, Gray, Blur(0.5));
    private static readonly string[] _byol = BYOL(224, [Blur(1, 23)], [Blur(0.1, 23), Solarize]);
    private static readonly string[] _byolSmall = BYOL(32, [], [Solarize]);
    private static readonly string[] _barlow = BYOL(224, [Blur(1)], [Blur(0.1), Solarize]);
    private static readonly string _strongSmall = "1 x " + View(Crop(32, 0.2, 1), MoCoJitter, Gray, Blur(0.5), Flip);   // SCE's code and solo-learn blur
    private static readonly string _weak = View(Crop(224, 0.2, 1), Flip);

    // the five crops of ReSSL's code: side, smallest and largest area
    private static readonly (int Side, double Min, double Max)[] _shrinking =
        [(224, 0.2, 1), (192, 0.172, 0.86), (160, 0.143, 0.715), (128, 0.114, 0.571), (96, 0.086, 0.429)];

    private static readonly Dictionary<string, (Func<RunInfo, IMethod> Create, int Side, string[] Views)> _table = new()
    {
        // He et al. 2020, code: grey before a jitter that always happens, no blur
        ["moco-v1"] = (run => new MoCoV1(Net, new() { QueueSize = 4 }, run), 224,
            [Twice(View(Crop(224, 0.2, 1), Gray, "color-jitter 0.4 0.4 0.4 0.4 1", Flip))]),
        ["moco-v1 small"] = (run => new MoCoV1(Net, new() { QueueSize = 4 }, run), 32, [Twice(_moCoSmall)]),   // the authors' CIFAR notebook, as the next ones

        // Chen et al. 2020, code: blur in half of the views
        ["moco-v2"] = (run => new MoCoV2(Net, new() { QueueSize = 4 }, run), 224, [Twice(_moCoV2)]),
        ["moco-v2 small"] = (run => new MoCoV2(Net, new() { QueueSize = 4 }, run), 32, [Twice(_moCoSmall)]),
        ["mochi"] = (run => new MoCHi(Net, new() { QueueSize = 4 }, run), 224, [Twice(_moCoV2)]),
        ["mochi small"] = (run => new MoCHi(Net, new() { QueueSize = 4 }, run), 32, [Twice(_moCoSmall)]),
        ["moco-v2-plus"] = (run => new MoCoV2Plus(Net, new() { QueueSize = 4, HiddenDim = 8 }, run), 224, [Twice(_moCoV2)]),
        ["moco-v2-plus small"] = (run => new MoCoV2Plus(Net, new() { QueueSize = 4, HiddenDim = 8 }, run), 32, [Twice(_moCoSmall)]),
        ["inter-clr"] = (run => new InterCLR(Net, new() { QueueSize = 4 }, run), 224, [Twice(_moCoV2)]),
        ["inter-clr small"] = (run => new InterCLR(Net, new() { QueueSize = 4 }, run), 32, [Twice(_moCoSmall)]),
        ["inter-clr-byol"] = (run => new InterCLRBYOL(Net, new(), run), 224, _byol),
        ["inter-clr-byol small"] = (run => new InterCLRBYOL(Net, new(), run), 32, _byolSmall),

        // Chen et al. 2021, code: residual networks crop down to 20 % (transformers to 8 %, see below)
        ["moco-v3"] = (run => new MoCoV3(Net, new() { HiddenDim = 8 }, run), 224, MoCoV3(0.2)),
        ["moco-v3 transformer"] = (run => new MoCoV3(() => new PatchesBackbone(), new() { HiddenDim = 8 }, run), 224, MoCoV3(0.08)),
        ["moco-v3 small"] = (run => new MoCoV3(Net, new() { HiddenDim = 8 }, run), 32, _byolSmall),
        ["sdssl"] = (run => new SDSSL(Net, new() { HiddenDim = 8 }, run), 224, MoCoV3(0.08)),   // Jang et al. 2023: transformers
        ["sdssl small"] = (run => new SDSSL(Net, new() { HiddenDim = 8 }, run), 32, _byolSmall),
        ["sdssl-byol"] = (run => new SDSSLBYOL(Net, new() { HiddenDim = 8 }, run), 224, MoCoV3(0.08)),
        ["sdssl-simclr"] = (run => new SDSSLSimCLR(Net(), new() { HiddenDim = 8 }, run), 224, MoCoV3(0.08)),

        // Chen et al. 2020, appendix A: strength 1, kernel a tenth of the side; appendix B.9: strength 0.5, no blur
        ["simclr"] = (run => new SimCLR(Net(), new(), run), 224, [Twice(_simclr)]),
        ["simclr small"] = (run => new SimCLR(Net(), new(), run), 32, [Twice(View(Bicubic(32, 0.08, 1), Flip, MoCoJitter, Gray))]),
        ["dcl"] = (run => new DCL(Net(), new(), run), 224, [Twice(_simclr)]),
        ["dclw"] = (run => new DCLW(Net(), new(), run), 224, [Twice(_simclr)]),
        ["debiased-contrastive"] = (run => new DebiasedContrastive(Net(), new(), run), 224, [Twice(_simclr)]),
        ["projector-momentum-simclr"] = (run => new ProjectorMomentumSimCLR(Net, new() { HiddenDim = 8 }, run), 224, [Twice(_simclr)]),
        ["projector-momentum-simclr small"] = (run => new ProjectorMomentumSimCLR(Net, new() { HiddenDim = 8 }, run), 32,
            [Twice(View(Bicubic(32, 0.08, 1), Flip, MoCoJitter, Gray))]),

        // Grill et al. 2020, appendix B; solo-learn's asymmetric CIFAR recipe
        ["byol"] = (run => new BYOL(Net, new() { HiddenDim = 8 }, run), 224, _byol),
        ["byol small"] = (run => new BYOL(Net, new() { HiddenDim = 8 }, run), 32, _byolSmall),
        ["projector-momentum"] = (run => new ProjectorMomentum(Net, new() { HiddenDim = 8 }, run), 224, _byol),
        ["projector-momentum small"] = (run => new ProjectorMomentum(Net, new() { HiddenDim = 8 }, run), 32, _byolSmall),
        ["nnclr"] = (run => new NNCLR(Net(), new() { QueueSize = 4, HiddenDim = 8, PredictorDim = 8 }, run), 224, _byol),
        ["nnclr small"] = (run => new NNCLR(Net(), new() { QueueSize = 4, HiddenDim = 8, PredictorDim = 8 }, run), 32, _byolSmall),
        ["relic"] = (run => new ReLIC(Net, new() { HiddenDim = 8 }, run), 224, _byol),
        ["relic small"] = (run => new ReLIC(Net, new() { HiddenDim = 8 }, run), 32, _byolSmall),

        // Zbontar et al. 2021 and Bardes et al. 2022, code: BYOL's views, the blur by PIL; solo-learn: milder crop, both views solarized in a tenth
        ["barlow-twins"] = (run => new BarlowTwins(Net(), new() { HiddenDim = 8, ProjectionDim = 8 }, run), 224, _barlow),
        ["barlow-twins small"] = (run => new BarlowTwins(Net(), new() { HiddenDim = 8 }, run), 32, _byolSmall),
        ["vicreg"] = (run => new VICReg(Net(), new() { HiddenDim = 8, ProjectionDim = 8 }, run), 224, _barlow),
        ["vicreg small"] = (run => new VICReg(Net(), new() { HiddenDim = 8 }, run), 32,
            [Twice(View(Bicubic(32, 0.2, 1), Flip, BYOLJitter, Gray, "solarize 0.5 0.1"))]),

        // Chen and He 2021: MoCo v2's view; appendix D without blur
        ["simsiam"] = (run => new SimSiam(Net(), new() { ProjectionDim = 8 }, run), 224, [Twice(View(Crop(224, 0.2, 1), Flip, MoCoJitter, Gray, Blur(0.5)))]),
        ["simsiam small"] = (run => new SimSiam(Net(), new() { ProjectionDim = 8 }, run), 32, [Twice(View(Crop(32, 0.2, 1), Flip, MoCoJitter, Gray))]),

        // Caron et al. 2020, code: 2 x 224 of 14 % to 100 %, 6 x 96 of 5 % to 14 %; solo-learn's symmetric CIFAR recipe
        ["swav"] = (run => new SwAV(Net(), new() { HiddenDim = 8, Prototypes = 8, QueueSize = 0 }, run), 224, MultiCrop()),
        ["swav small"] = (run => new SwAV(Net(), new() { HiddenDim = 8, Prototypes = 8, QueueSize = 0 }, run), 32, [Twice(_swavSmall)]),
        ["deepcluster-v2"] = (run => new DeepClusterV2(Net(), new() { Prototypes = 8, HiddenDim = 8 }, run, NullLogger.Instance), 224, MultiCrop()),
        ["deepcluster-v2 small"] = (run => new DeepClusterV2(Net(), new() { Prototypes = 8, HiddenDim = 8 }, run, NullLogger.Instance), 32,
            [Twice(_swavSmall)]),

        // Caron et al. 2018 and 2019, code: the rotation is a part of the step
        ["deepcluster"] = (run => new DeepCluster(EdgeBackbone.Create, new() { Clusters = 8 }, run), 224, ["1 x " + View(Crop(224, 0.08, 1), Flip)]),
        ["deepercluster"] = (run => new DeeperCluster(EdgeBackbone.Create, new() { Clusters = 8 }, run), 224, ["1 x " + View(Crop(224, 0.08, 1), Flip)]),

        // Asano et al. 2020, code: ImageNet, CIFAR
        ["sela"] = (run => new SeLa(Net(), new() { Clusters = 8 }, run), 224,
            ["1 x " + View(Crop(224, 0.08, 1), Gray, "color-jitter 0.4 0.4 0.4 0.4 1", Flip)]),
        ["sela small"] = (run => new SeLa(Net(), new() { Clusters = 8 }, run), 32,
            ["1 x " + View(Crop(32, 0.2, 1), "color-jitter 0.4 0.4 0.4 0.4 1", Gray, Flip)]),

        // Caron et al. 2021, code: large crops of 40 % and more, 8 x 96 of 5 % to 40 %
        ["dino"] = (run => new DINO(Net, new() { Outputs = 8, HiddenDim = 8 }, run), 224, DINO(0.4, 8)),
        ["dino small"] = (run => new DINO(Net, new() { Outputs = 8, HiddenDim = 8 }, run), 32, _byolSmall),

        // Zhou et al. 2022, README: 25 %, ten small crops; Li et al. 2022, code: DINO's; Oquab et al. 2024, code: 32 %
        ["ibot"] = (run => new IBOT(Tokens, new() { Outputs = 8, HiddenDim = 8 }, run), 224, DINO(0.25, 10)),
        ["ibot small"] = (run => new IBOT(Tokens, new() { Outputs = 8, HiddenDim = 8 }, run), 32, BYOL(32, [], [Solarize], Bicubic(32, 0.25, 1))),
        ["esvit"] = (run => new EsViT(Tokens, new() { Outputs = 8, HiddenDim = 8 }, run), 224, DINO(0.4, 8)),
        ["esvit small"] = (run => new EsViT(Tokens, new() { Outputs = 8, HiddenDim = 8 }, run), 32, BYOL(32, [], [Solarize], Bicubic(32, 0.4, 1))),
        ["dinov2"] = (run => new DINOv2(Tokens, new() { Outputs = 8, HiddenDim = 8 }, run), 224, DINO(0.32, 8)),
        ["dinov2 small"] = (run => new DINOv2(Tokens, new() { Outputs = 8, HiddenDim = 8 }, run), 32, BYOL(32, [], [Solarize], Bicubic(32, 0.32, 1))),

        // Assran et al. 2023, code: a crop; Baevski et al. 2022: BEiT's
        ["i-jepa"] = (
            run => new IJEPA(Tokens, new() { PredictorDim = 8, PredictorHeads = 2, PredictorDepth = 1 }, run), 224, ["1 x " + View(Crop(224, 0.3, 1))]),
        ["data2vec"] = (run => new Data2Vec(Tokens, new(), run), 224, ["1 x " + View(Bicubic(224, 0.08, 1), Flip, "color-jitter 0.4 0.4 0.4 0 1")]),

        // Zheng et al. 2021, Feng and Patras 2022, code: the teacher's view is cropped and flipped only
        ["ressl"] = (run => new ReSSL(Net, new() { QueueSize = 4, HiddenDim = 8 }, run), 224, ["1 x " + _weak, "1 x " + _moCoV2]),
        ["ressl small"] = (run => new ReSSL(Net, new() { QueueSize = 4, HiddenDim = 8 }, run), 32, ["1 x " + View(Crop(32, 0.2, 1), Flip), _strongSmall]),
        ["ressl 5"] = (run => new ReSSL(Net, new() { QueueSize = 4, HiddenDim = 8, StrongViews = 5 }, run), 224, ["1 x " + _weak, .. Shrinking(5)]),
        ["ascl"] = (run => new ASCL(Net, new() { QueueSize = 4 }, run), 224, ["1 x " + _weak, "1 x " + _moCoV2]),
        ["ascl small"] = (run => new ASCL(Net, new() { QueueSize = 4 }, run), 32,
            ["1 x " + View(Crop(32, 0.2, 1), Flip), "1 x " + View(Crop(32, 0.2, 1), MoCoJitter, Gray, Blur(0.5), Flip)]),
        ["ascl-byol"] = (run => new ASCLBYOL(Net, new(), run), 224, ["1 x " + _weak, "1 x " + _moCoV2]),

        // Wu et al. 2023, code: one crop and flip, colours apart; Huang et al. 2023, code: cut from one crop of 256, up to 31 pixels apart, online plain
        ["extrema"] = (run => new ExtreMA(Tokens, new() { HiddenDim = 8 }, run), 224,
            [Twice(View("shared-crop 224 0.2 1 0.75 1.3333 bilinear 0.5 0", BYOLJitter, Gray))]),
        ["extrema small"] = (run => new ExtreMA(Tokens, new() { HiddenDim = 8 }, run), 32,
            [Twice(View("shared-crop 32 0.2 1 0.75 1.3333 bilinear 0.5 0", BYOLJitter, Gray))]),
        ["cmae"] = (run => new CMAE(Tokens, new() { HiddenDim = 8, DecoderWidth = 16 }, run), 224,
        [
            "1 x " + View("shared-crop 256 0.2 1 0.75 1.3333 bicubic 0.5 0", "shifted-crop 224 0"),
            "1 x " + View("shared-crop 256 0.2 1 0.75 1.3333 bicubic 0.5 0", "shifted-crop 224 31", MoCoJitter, Gray, Blur(0.5)),
        ]),
        ["cmae small"] = (run => new CMAE(Tokens, new() { HiddenDim = 8, DecoderWidth = 16 }, run), 32,
        [
            "1 x " + View("shared-crop 36 0.2 1 0.75 1.3333 bicubic 0.5 0", "shifted-crop 32 0"),
            "1 x " + View("shared-crop 36 0.2 1 0.75 1.3333 bicubic 0.5 0", "shifted-crop 32 3", MoCoJitter, Gray),
        ]),

        // He et al. 2022, code: MAE's view, for MP3 and C-MAE; MACRL is ours
        ["mp3"] = (run => new MP3(Tokens, new(), run), 224, ["1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["c-mae"] = (run => new ContrastiveMAE(Tokens, new() { HiddenDim = 8 }, run), 224, ["1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["macrl"] = (run => new MACRL(Tokens, new() { QueueSize = 4, DecoderWidth = 16 }, run), 224,
            ["1 x " + View(Bicubic(224, 0.08, 1), Flip, BYOLJitter, Gray, Blur(1, 23)), "1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["macrl small"] = (run => new MACRL(Tokens, new() { QueueSize = 4, DecoderWidth = 16 }, run), 32,
            ["1 x " + View(Bicubic(32, 0.08, 1), Flip, BYOLJitter, Gray), "1 x " + View(Bicubic(32, 0.2, 1), Flip)]),

        // Denize et al. 2023, code
        ["sce"] = (run => SCE(new() { QueueSize = 8 }, run), 224, [.. SCEGlobal()]),
        ["sce multi-crop"] = (run => SCE(new() { QueueSize = 8, LocalViews = 4 }, run), 224,
        [
            .. SCEGlobal(),
            SCELocal(192, 0.172, 0.86, 19), SCELocal(160, 0.143, 0.715, 17), SCELocal(128, 0.114, 0.571, 13), SCELocal(96, 0.086, 0.429, 9),
        ]),
        ["sce small"] = (run => SCE(new() { QueueSize = 8 }, run), 32, BYOL(32, [], [Solarize], Crop(32, 0.2, 1))),
        ["sce asymmetric small"] = (run => SCE(new() { QueueSize = 8, Symmetric = false }, run), 32, ["1 x " + View(Crop(32, 0.2, 1), Flip), _strongSmall]),
        ["sce asymmetric"] = (run => SCE(new() { QueueSize = 8, Symmetric = false }, run), 224, ["1 x " + _weak, "1 x " + _moCoV2]),

        // Denize et al. 2023, code for video
        ["sce-video"] = (run => new SCEVideo(() => new ClipBackbone(), new() { QueueSize = 8, HiddenDim = 8, PredictorDim = 8 }, run), 224,
        [
            "1 x " + View(Crop(224, 0.2, 0.766), "color-jitter 0.8 0.8 0.4 0.2 0.8", Gray, Blur(1, 23), Flip),
            "1 x " + View(Crop(224, 0.2, 0.766), "color-jitter 0.8 0.8 0.4 0.2 0.8", Gray, Blur(0.1, 23), Solarize, Flip),
        ]),

        // Saleh et al. 2022: ours
        ["iboot"] = (run => new IBoot(new ClipBackbone(), Net, new(), run), 224,
        [
            "1 x " + View(Crop(224, 0.2, 0.766), "color-jitter 0.8 0.8 0.4 0.2 0.8", Gray, Blur(1, 23), Flip), "1 x " + View(Crop(224, 0.5, 1), Flip),
        ]),

        // Xiao et al. 2022, code of the fine-tuning
        ["maclr"] = (run => new MaCLR(() => new ClipBackbone(), new() { QueueSize = 4, HiddenDim = 8 }, run), 224,
            [Twice(View("random-resized-crop 224 0.3 1 0.5 2 bilinear", Flip, MoCoJitter, Gray, Blur(0.5)))]),

        // Qian et al. 2021, code
        ["cvrl"] = (run => new CVRL(new ClipBackbone(), new() { HiddenDim = 8 }, run), 224,
        [
            "1 x " + View("random-resized-crop 224 0.3 1 0.5 2 bilinear", Flip, StrongJitter, Gray, Blur(1, 23)),
            "1 x " + View("random-resized-crop 224 0.3 1 0.5 2 bilinear", Flip, StrongJitter, Gray, Blur(0.1, 23), Solarize),
        ]),

        // Tomasev et al. 2022: large crops of 14 % and more, small ones of 5 % to 14 %
        ["relic-v2"] = (run => new ReLICv2(Net, new() { HiddenDim = 8 }, run), 224,
        [
            "1 x " + ReLICLarge(0), "1 x " + ReLICLarge(1), "1 x " + ReLICLarge(0), "1 x " + ReLICLarge(1),
            "2 x " + View(Bicubic(96, 0.05, 0.14), Flip, BYOLJitter, Gray, Blur(0.5, 9), Solarize),
        ]),

        ["relic-v2 small"] = (run => new ReLICv2(Net, new() { HiddenDim = 8, LargeViews = 2, SmallViews = 1 }, run), 32,
        [
            .. BYOL(32, [], [Solarize], Bicubic(32, 0.14, 1)), "1 x " + View(Bicubic(13, 0.05, 0.14), Flip, BYOLJitter, Gray, Solarize),
        ]),

        // Van Gansbeke et al. 2021, code: 2 x 160 of 20 % and more, 4 x 96 of 5 % to 14 %
        // that overlap the key's crop by 10 %; every view but the key tosses a coin
        ["revisiting-moco"] = (run => new RevisitingMoCo(Net, new() { QueueSize = 4 }, run), 160,
        [
            "1 x " + View(Crop(160, 0.2, 1), Flip, Coin(0.5)),
            "1 x " + View(Crop(160, 0.2, 1), Flip, MoCoJitter, Gray, Blur(0.5)),
            "4 x " + View("constrained-crop 96 0.05 0.14 0.75 1.3333 bilinear 0.1 1 0.2 1", Flip, Coin(0.5)),
        ]),
        ["revisiting-moco small"] = (run => new RevisitingMoCo(Net, new() { QueueSize = 4, SmallCrops = 1, MinOverlap = 0.3 }, run), 32,
        [
            "1 x " + View(Crop(32, 0.2, 1), Flip, Coin(0)),
            "1 x " + View(Crop(32, 0.2, 1), Flip, MoCoJitter, Gray),
            "1 x " + View("constrained-crop 19 0.1 0.3 0.75 1.3333 bilinear 0.3 1 0.2 1", Flip, Coin(0)),
        ]),

        // He et al. 2022, section 4, code: cropped and flipped only; solo-learn crops small images down to 8 %
        ["mae"] = (run => new MAE(Patches, new() { DecoderWidth = 16 }, run), 224, ["1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["mae small"] = (run => new MAE(Patches, new() { DecoderWidth = 16 }, run), 32, ["1 x " + View(Bicubic(32, 0.08, 1), Flip)]),
        ["supmae"] = (run => new SupMAE(Patches, new() { DecoderWidth = 16 }, run), 224, ["1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["r-mae"] = (run => new RMAE(Patches, new() { DecoderWidth = 16 }, run), 224, ["1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["maskfeat"] = (run => new MaskFeat(Patches, new(), run), 224, ["1 x " + View(Bicubic(224, 0.5, 1), Flip)]),   // Wei et al. 2022, code
        ["maskfeat-video"] = (run => new MaskFeatVideo(() => new MViTV2S(new() { Width = 8, Depth = 6 }, run), new(), run), 224,
            ["1 x " + View(Crop(224, 0.5, 1), Flip)]),

        // Bao et al. 2022, code: the same jitter without hue for all
        ["beit"] = (run => new BEiT(() => new ViT(new() { Size = ViTSize.Tiny }, run), new() { VocabularySize = 8 }, run, NullLogger.Instance), 224,
            ["1 x " + View(Bicubic(224, 0.08, 1), Flip, "color-jitter 0.4 0.4 0.4 0 1")]),

        // Woo et al. 2023 and Xie et al. 2022, code: one view, cropped and flipped only
        ["fcmae"] = (run => new FCMAE(() => new ConvNeXtV2(new() { Width = 8 }, run), new(), run), 224, ["1 x " + View(Bicubic(224, 0.2, 1), Flip)]),
        ["simmim"] = (run => new SimMIM(() => new Swin(new() { Width = 32 }, run), new(), run), 192, ["1 x " + View(Crop(192, 0.67, 1), Flip)]),

        // Gidaris et al. 2018, code; Kolesnikov et al. 2019 and Goyal et al. 2019, code: resized, then cropped; Zhai et al. 2019, code
        ["rotnet"] = (run => new RotNet(Net(), run), 224, ["1 x " + View(Crop(224, 0.08, 1), Flip)]),
        ["rotnet small"] = (run => new RotNet(Net(), run), 32, ["1 x " + View("random-crop 32 4", Flip)]),
        ["relative-position"] = (run => new RelativePosition(Net(), new() { HiddenDim = 8 }, run), 255,
            ["1 x " + View("resize 292 bilinear", "random-crop 255 0")]),
        ["relative-position with colours"] = (run => new RelativePosition(Net(), new() { HiddenDim = 8, Pixels = TilePixels.StandardisedPerTile }, run), 255,
            ["1 x " + View("resize 292 bilinear", "random-crop 255 0", "grayscale 0.66")]),
        ["jigsaw"] = (run => new Jigsaw(Net(), new() { Cells = 2, Permutations = 8 }, run, NullLogger.Instance), 255,
            ["1 x " + View("resize 256 bilinear", "random-crop 255 0", Flip, "grayscale 0.66")]),
        // Dosovitskiy et al. 2014: scales of 0.7 to 1.4 and the contrasts of HSV; the crop is ours
        ["exemplar"] = (run => new Exemplar(Net(), new(), run), 224, ["1 x " + View(Crop(224, 0.5, 1), "hsv-noise 2 0.5 0.1 0.1")]),
        ["exemplar-triplet"] = (run => new ExemplarTriplet(Net(), new() { EmbeddingDim = 8 }, run), 224,
            ["8 x " + View(Crop(224, 0.05, 1), "hsv-noise 2 0.5 0.1 0.1", Flip)]),
        ["exemplar-triplet small"] = (run => new ExemplarTriplet(Net(), new() { EmbeddingDim = 8, ViewsPerImage = 4 }, run), 32,
            ["4 x " + View(Crop(32, 0.2, 1), "hsv-noise 2 0.5 0.1 0.1", Flip)]),
        // Hénaff et al. 2020: images of 260, flipped, the rest is done to patches; the larger size and small are ours. Doersch and Zisserman 2017: ours
        ["cpc-v2"] = (run => new CPCv2(_ => Net(), new() { ContextDim = 8 }, run, NullLogger.Instance), 260,
            ["1 x " + View("resize 300 bilinear", "random-crop 260 0", Flip)]),
        ["cpc-v2 small"] = (run => new CPCv2(_ => Net(), new() { ContextDim = 8 }, run, NullLogger.Instance), 32, ["1 x " + View("random-crop 32 4", Flip)]),
        ["multi-task"] = (run => new MultiTask(Maps, new() { UnitDim = 8 }, run), 224,
            ["1 x " + View("resize 256 bilinear", "random-crop 224 0", Flip), "2 x " + View(Crop(224, 0.05, 1), "hsv-noise 2 0.5 0.1 0.1", Flip)]),
        ["multi-task small"] = (run => new MultiTask(Maps, new() { UnitDim = 8 }, run), 32,
            ["1 x " + View("random-crop 32 4", Flip), "2 x " + View(Crop(32, 0.2, 1), "hsv-noise 2 0.5 0.1 0.1", Flip)]),
        // Zhang et al. 2016 and 2017, Larsson et al. 2017, code: cut out of images of 256, and flipped
        ["colorization"] = (run => new Colorization(Maps, new() { DecoderDim = 8 }, run), 176,
            ["1 x " + View("resize 256 bilinear", "random-crop 176 0", Flip)]),
        ["colorization small"] = (run => new Colorization(Maps, new() { DecoderDim = 8 }, run), 32, ["1 x " + View("random-crop 32 4", Flip)]),
        ["split-brain"] = (run => new SplitBrain(Maps, new() { DecoderDim = 8 }, run), 180,
            ["1 x " + View("resize 256 bilinear", "random-crop 180 0", Flip)]),
        ["colorization-hue-chroma"] = (run => new ColorizationHueChroma(Maps, new() { HiddenDim = 8 }, run), 224,
            ["1 x " + View("resize 256 bilinear", "random-crop 224 0", Flip)]),
        ["motion-segmentation"] =
            (run => new MotionSegmentation(Maps(3), new() { BottleneckDim = 8 }, run), 227, ["1 x " + View(Crop(227, 0.35, 1), Flip)]),   // ours
        // Wu et al. 2018, code: on CIFAR-10 no flip; Misra and van der Maaten 2020, code: tiles of one crop, colours of their own; small is ours
        ["instdisc"] = (run => new InstDisc(Net(), new(), run), 224, ["1 x " + View(Crop(224, 0.2, 1), Gray, "color-jitter 0.4 0.4 0.4 0.4 1", Flip)]),
        ["instdisc small"] = (run => new InstDisc(Net(), new(), run), 32, ["1 x " + View(Crop(32, 0.2, 1), "color-jitter 0.4 0.4 0.4 0.4 1", Gray)]),
        ["instdisc-softmax"] = (run => new InstDiscSoftmax(Net(), new(), run), 224,
            ["1 x " + View(Crop(224, 0.2, 1), Gray, "color-jitter 0.4 0.4 0.4 0.4 1", Flip)]),
        ["pirl"] = (run => new PIRL(Net(), new(), run), 224, PIRL(224, 255, 64)),
        ["pirl small"] = (run => new PIRL(Net(), new(), run), 32, PIRL(32, 30, 8)),
        ["pirl-rotation"] = (run => new PIRLRotation(Net(), new(), run), 224,
            ["2 x " + View(Crop(224, 0.08, 1), "color-jitter 0.4 0.4 0.4 0.2 1", Gray, Flip)]),

        // Zhai et al. 2019, code: Inception's crop; small is that of supervised training
        ["s4l"] = (run => new S4L(Net(), new(), run), 224, ["1 x " + View(Crop(224, 0.05, 1), Flip)]),
        ["s4l small"] = (run => new S4L(Net(), new(), run), 32, ["1 x " + View("random-crop 32 4", Flip)]),
        ["s4l-exemplar"] = (run => new S4LExemplar(Net(), new(), run), 224, ["8 x " + View(Crop(224, 0.05, 1), "hsv-noise 2 0.5 0.1 0.1", Flip)]),
        ["s4l-exemplar small"] =
            (run => new S4LExemplar(Net(), new() { ViewsPerImage = 2 }, run), 32, ["2 x " + View(Crop(32, 0.2, 1), "hsv-noise 2 0.5 0.1 0.1", Flip)]),
        ["moam"] = (run => new MOAM(Net, new(), run), 224, ["1 x " + View(Crop(224, 0.05, 1), Flip)]),

        // Khosla et al. 2020, code: no blur; He et al. 2016, sections 3.4 and 4.2
        ["supcon"] = (run => new SupCon(Net(), new(), run), 224, [Twice(View(Crop(224, 0.2, 1), Flip, MoCoJitter, Gray))]),
        ["supcon small"] = (run => new SupCon(Net(), new(), run), 32, [Twice(View(Crop(32, 0.2, 1), Flip, MoCoJitter, Gray))]),
        ["supervised"] = (run => new Supervised(Net(), new(), run), 224, ["1 x " + View(Crop(224, 0.08, 1), Flip)]),
        ["supervised small"] = (run => new Supervised(Net(), new(), run), 32, ["1 x " + View("random-crop 32 4", Flip)]),
    };

    public static TheoryData<string> Names => [.. _table.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Views_OfAMethod_AreThePapers(string name)
    {
        var (create, side, views) = _table[name];

        Assert.Equal(views, ViewText.Of(create(TestRuns.Of() with { ImageSize = side }).Views));
    }

    [Fact]
    public void Augmentations_Defaults_AreThoseOfTheirSources()
    {
        string[] defaults =
        [
            Crop(224, 0.08, 1),   // torchvision, as the next four
            "resize 256 bilinear", "center-crop 224", Flip, "vertical-flip 0.5",
            "random-crop 32 4",   // He et al. 2016, section 4.2
            MoCoJitter, Gray, Blur(0.5),   // MoCo v2's code
            Solarize,             // BYOL, appendix B
            "shared-crop 224 0.2 1 0.75 1.3333 bilinear 0.5 0", "shifted-crop 224 31",   // Huang et al. 2023, code
            "cell-crop 64 3 0 true", "photometric 0.66 4 8 0.1 1.9 0 256",   // Noroozi and Favaro 2016, Misra and van der Maaten 2020, code
            "constrained-crop 96 0.05 0.14 0.75 1.3333 bilinear 0.1 1 0.2 1", Coin(0.5),   // Van Gansbeke et al. 2021, code
            "hsv-noise 2 0.5 0.1 0.1", "lighting 0.1",   // Zhai et al. 2019, code; Krizhevsky et al. 2012, section 4.1
            "auto-augment 1 0.502",   // Cubuk et al. 2019, code: borders are grey, 128 of 255
        ];

        Assert.Equal(
            defaults.Select(line => "1 x " + line), defaults.SelectMany(line => ViewText.Of(new([new([new(line.Split(' ')[0])])]))));
    }

    private static ViT Patches() => new(new() { Width = 8, Depth = 1, Heads = 1, PatchSize = 16 }, TestRuns.Of() with { ImageSize = 224 });

    private static NormBackbone Net() => new NormBackbone();

    private static ViT Tokens() => Transformers.Tiny();

    private static MapBackbone Maps(int channels) => new(channels);

    private static SCE SCE(SCEOptions options, RunInfo run) => new(Net, options with { HiddenDim = 8, PredictorDim = 8 }, run);

    private static string[] MoCoV3(double scaleMin) =>
    [
        "1 x " + View(Crop(224, scaleMin, 1), Flip, BYOLJitter, Gray, Blur(1)),
        "1 x " + View(Crop(224, scaleMin, 1), Flip, BYOLJitter, Gray, Blur(0.1), Solarize),
    ];

    private static string[] MultiCrop() =>
    [
        "2 x " + View(Crop(224, 0.14, 1), Flip, StrongJitter, Gray, Blur(0.5)), "6 x " + View(Crop(96, 0.05, 0.14), Flip, StrongJitter, Gray, Blur(0.5)),
    ];

    private static string[] PIRL(int side, int crop, int tile)
    {
        string[] colours = ["color-jitter 0.4 0.4 0.4 0.2 1", Gray, Flip];
        var tiles = Enumerable.Range(0, 9).Select(i =>
            "1 x " + View([Text($"shared-crop {crop} 0.6 1 0.75 1.3333 bilinear 0.5 1"), Text($"cell-crop {tile} 3 {i} true"), .. colours]));

        return ["1 x " + View([Crop(side, 0.08, 1), .. colours]), .. tiles];
    }

    private static string[] DINO(double border, int small) =>
    [
        "1 x " + View(Bicubic(224, border, 1), Flip, BYOLJitter, Gray, Blur(1)),
        "1 x " + View(Bicubic(224, border, 1), Flip, BYOLJitter, Gray, Blur(0.1), Solarize),
        Text($"{small} x ") + View(Bicubic(96, 0.05, border), Flip, BYOLJitter, Gray, Blur(0.5)),
    ];

    private static string[] SCEGlobal() =>
    [
        "1 x " + View(Crop(224, 0.2, 1), Flip, BYOLJitter, Gray, Blur(1, 23)),
        "1 x " + View(Crop(224, 0.2, 1), Flip, BYOLJitter, Gray, Blur(0.1, 23), Solarize),
    ];

    private static string SCELocal(int size, double min, double max, int kernel) =>
        "1 x " + View(Crop(size, min, max), Flip, BYOLJitter, Gray, Blur(0.5, kernel), Solarize);

    private static string ReLICLarge(int view) => view == 0
        ? View(Bicubic(224, 0.14, 1), Flip, BYOLJitter, Gray, Blur(1, 23))
        : View(Bicubic(224, 0.14, 1), Flip, BYOLJitter, Gray, Blur(0.1, 23), Solarize);

    private static IEnumerable<string> Shrinking(int count) =>
        _shrinking.Take(count).Select(crop => "1 x " + View(Crop(crop.Side, crop.Min, crop.Max), MoCoJitter, Gray, Blur(0.5), Flip));

    private static string View(params string[] steps) => string.Join(" | ", steps.Append(Normalize));

    private static string Twice(string view) => "2 x " + view;

    private static string[] BYOL(int size, string[] first, string[] second, string? crop = null) =>
        [.. new[] { first, second }.Select(last => "1 x " + View([crop ?? Bicubic(size, 0.08, 1), Flip, BYOLJitter, Gray, .. last]))];

    private static string Crop(int size, double min, double max) => Text($"random-resized-crop {size} {min} {max} 0.75 1.3333 bilinear");

    private static string Bicubic(int size, double min, double max) => Text($"random-resized-crop {size} {min} {max} 0.75 1.3333 bicubic");

    /// <summary>Sigma between 0.1 and 2; kernel 0 is PIL's.</summary>
    private static string Blur(double probability, int kernel = 0) => Text($"gaussian-blur 0.1 2 {probability} {kernel}");

    /// <summary>AutoAugment in half of the cases, else MoCo v2's colours.</summary>
    private static string Coin(double blur) => Text($"jitter-or-auto-augment 0.5 0.4 0.4 0.4 0.1 0.8 0.2 {blur}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
