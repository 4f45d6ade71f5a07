namespace Parallax.Plugins.Evaluators;

/// <summary>Fine-tuning on videos: a copy of the backbone and a linear classifier learn the classes together, from one clip of each video in each epoch; a
/// held-out video is measured on the clips and crops that the section <c>clips</c> asks for, ten and three for the usual 30 views.</summary>
/// <remarks>
/// <para><c>finetune-slowfast</c>: Feichtenhofer et al., "A Large-Scale Study on Unsupervised Spatiotemporal Representation Learning", CVPR 2021,
/// https://arxiv.org/abs/2104.14558, as for UCF101. <c>finetune-sce-video</c>: Denize et al., "Similarity Contrastive Estimation for Image and Video Soft
/// Contrastive Self-Supervised Learning", 2023, https://arxiv.org/abs/2212.11187, and its code. <c>finetune-coclr</c>: Han et al., "Self-supervised Co-training
/// for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, and its code; <c>finetune-slic</c>: Hosseini Khorasgani et al., CVPR
/// 2022, https://arxiv.org/abs/2206.12534, the same with 150 epochs. <c>finetune-cstp</c>: Zhang et al., "Contrastive Spatio-Temporal Pretext Learning for
/// Self-supervised Video Representation", AAAI 2022, https://arxiv.org/abs/2112.08913, and its code, which averages scores before the softmax.</para>
/// <para>Differs from the sources: biases have no weight decay; CoCLR's Adam is AdamW; CSTP lowers its learning rate when the loss stays, here it is a cosine;
/// SlowFast and SCE resize to a random shorter side of 256 to 320 before they crop, here it is 256 (in proportion); CoCLR's share of clips whose colours change
/// is CSTP's. CoCLR's code changes colours at random while it measures; here nothing is random there.</para>
/// </remarks>
/// <param name="options">Settings.</param>
[Plugin("finetune-clips", Options = typeof(FinetuneClipsOptions), Family = FamilyName,
    Summary = "Fine-tuning on clips with the options given; by default that of the SlowFast family on UCF101.")]
[Plugin("finetune-slowfast", Options = typeof(FinetuneClipsOptions), Family = FamilyName, Preset = "{epochs: 200}",
    Summary = "Fine-tuning of the SlowFast family on UCF101: 200 epochs, dropout 0.8.",
    Paper = "A Large-Scale Study on Unsupervised Spatiotemporal Representation Learning", Authors = "Feichtenhofer, Fan, Xiong, Girshick, He",
    Venue = "CVPR", Year = 2021, ArXiv = "2104.14558")]
[Plugin("finetune-sce-video", Options = typeof(FinetuneClipsOptions), Family = FamilyName, Preset = "{baseLearningRate: 0.1}",
    Summary = "Fine-tuning of SCE on videos: 200 epochs, dropout 0.8, learning rate 0.025 for 64 clips.",
    Paper = "Similarity Contrastive Estimation for Image and Video Soft Contrastive Self-Supervised Learning", Authors = "Denize, Rabarisoa, Orcesi, Hérault",
    Venue = "Machine Vision and Applications", Year = 2023, ArXiv = "2212.11187")]
[Plugin("finetune-coclr", Options = typeof(FinetuneClipsOptions), Family = FamilyName, Preset = "{epochs: 500, milestones: [400, 450], " + CoClr,
    Summary = "Fine-tuning of CoCLR: 500 epochs, dropout 0.9, a tenth of the learning rate for the backbone.",
    Paper = "Self-supervised Co-training for Video Representation Learning", Authors = "Han, Xie, Zisserman", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.09709")]
[Plugin("finetune-slic", Options = typeof(FinetuneClipsOptions), Family = FamilyName, Preset = "{epochs: 150, milestones: [60, 100], " + CoClr,
    Summary = "Fine-tuning of SLIC: CoCLR's with 150 epochs.",
    Paper = "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos", Authors = "Hosseini Khorasgani, Chen, Shkurti",
    Venue = "CVPR", Year = 2022, ArXiv = "2206.12534")]
[Plugin("finetune-cstp", Options = typeof(FinetuneClipsOptions), Family = FamilyName,
    Preset = "{epochs: 100, batchSize: 60, baseLearningRate: 0.1066667, dropout: 0, normalise: true, batchNorm: true, cropScaleMin: 0.2, flip: false, "
        + "jitterProbability: 0.3, grayscale: 0, average: logits}",
    Summary = "Fine-tuning of CSTP: features of length 1, batch normalisation, 100 epochs; scores are averaged before the softmax.",
    Paper = "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation", Authors = "Zhang et al.", Venue = "AAAI", Year = 2022,
    ArXiv = "2112.08913")]
public sealed class FinetuneClips(FinetuneClipsOptions options) : ITrainingEvaluator, IEvaluationRequirements
{
    private const string FamilyName = "fine-tuning";
    private const string CoClr = "batchSize: 32, optimizer: adam-w, baseLearningRate: 0.008, backboneFactor: 0.1, weightDecay: 0.001, dropout: 0.9, "
        + "cropScaleMin: 0.2, flip: false, jitterProbability: 0.3, grayscale: 0}";

    /// <inheritdoc/>
    public ClassifierTraining Training => options.Training;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone) => ClipFaults.Of(backbone);

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run)
    {
        var backbone = copies();
        ClipFaults.Require(backbone);

        return new ClipClassifier(backbone, options, run);
    }
}
