namespace Parallax.Plugins.Evaluators;

/// <summary>
/// Fine-tuning: a copy of the backbone and a linear classifier on it learn the classes of the labelled images together, early layers more slowly; the number
/// is the accuracy on the held-out images.
/// </summary>
/// <remarks>
/// <para>He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, appendix A.1, https://arxiv.org/abs/2111.06377: AdamW with layer-wise
/// learning rate decay, RandAugment, mixup, CutMix, label smoothing, random erasing, stochastic depth, average pooling.</para>
/// <para><c>finetune-mae-base</c>, <c>-large</c> and <c>-huge</c> are the settings of the authors' code, whose models predict normalised pixels; the paper
/// prints 0.001 and 0.75 for ViT-B. <c>finetune-beit-base</c>: Bao et al., BEiT, ICLR 2022, https://arxiv.org/abs/2106.08254. <c>finetune-fcmae-atto</c>,
/// <c>-tiny</c> and <c>-base</c>: Woo et al., ConvNeXt V2, CVPR 2023, https://arxiv.org/abs/2301.00808, and its code, which measures a moving average;
/// its scale 0.001 of the first weights of the classifier, drawn with 0.02, is <c>headStd</c> 0.00002. The average keeps less in the first 90,000 steps (see
/// <see cref="MomentumSchedule.Average"/>), else it would be that of the untrained classifier where labels are few. <c>finetune-small</c> is ours: minutes
/// for 50,000 images of 32 pixels and a small network.</para>
/// <para><c>finetune-semi-1</c> and <c>-10</c> learn from a hundredth and a tenth of the labels, the same share of each class, at least one: the settings
/// of VISSL's code (Nesterov, 0.05 per 256 images, a tenth of it from epoch 30 of 70, no weight decay). Differs from it: the images are drawn by the run's
/// seed, where papers publish lists of ImageNet.</para>
/// <para>Differs from all: geometric operations of RandAugment take the nearest pixel; a batch that does not fit at once is mixed in parts of 256 images.
/// Held-out images are resized and cropped as the run's recipe says (<c>data.evaluationResize</c>).</para>
/// </remarks>
/// <param name="options">Settings.</param>
[Plugin("finetune", Options = typeof(FinetuneOptions), Family = FamilyName,
    Summary = "Fine-tuning of the whole network with the options given; by default MAE's of ViT-B.",
    Paper = Mae, Authors = MaeAuthors, Venue = "CVPR", Year = 2022, ArXiv = MaeArXiv)]
[Plugin("finetune-mae-base", Backbone = typeof(ITokenBackbone), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 100}",
    Summary = "MAE's fine-tuning of ViT-B: 100 epochs, layer decay 0.65.", Paper = Mae, Authors = MaeAuthors, Venue = "CVPR", Year = 2022, ArXiv = MaeArXiv)]
[Plugin("finetune-mae-large", Backbone = typeof(ITokenBackbone), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 50, baseLearningRate: 0.001, layerDecay: 0.75, dropPath: 0.2}",
    Summary = "MAE's fine-tuning of ViT-L: 50 epochs, layer decay 0.75.", Paper = Mae, Authors = MaeAuthors, Venue = "CVPR", Year = 2022, ArXiv = MaeArXiv)]
[Plugin("finetune-mae-huge", Backbone = typeof(ITokenBackbone), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 50, baseLearningRate: 0.001, layerDecay: 0.75, dropPath: 0.3}",
    Summary = "MAE's fine-tuning of ViT-H: 50 epochs, layer decay 0.75.", Paper = Mae, Authors = MaeAuthors, Venue = "CVPR", Year = 2022, ArXiv = MaeArXiv)]
[Plugin("finetune-beit-base", Backbone = typeof(ITokenBackbone), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{baseLearningRate: 0.001, warmupEpochs: 20}",
    Summary = "BEiT's fine-tuning of ViT-B: 100 epochs, layer decay 0.65.",
    Paper = "BEiT: BERT Pre-Training of Image Transformers", Authors = "Bao, Dong, Piao, Wei", Venue = "ICLR", Year = 2022, ArXiv = "2106.08254")]
[Plugin("finetune-fcmae-atto", Revision = 2, Backbone = typeof(ILayerIds), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 600, baseLearningRate: 0.0002, warmupEpochs: 0, layerDecay: 0.9, weightDecay: 0.3, "
        + "mixup: 0, cutMix: 0, labelSmoothing: 0.2, ema: 0.9999, pooling: backbone}",
    Summary = "ConvNeXt V2's fine-tuning of atto: 600 epochs, layer decay 0.9.",
    Paper = ConvNeXt, Authors = ConvNeXtAuthors, Venue = "CVPR", Year = 2023, ArXiv = ConvNeXtArXiv)]
[Plugin("finetune-fcmae-tiny", Revision = 2, Backbone = typeof(ILayerIds), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 300, baseLearningRate: 0.0008, warmupEpochs: 40, layerDecay: 0.9, dropPath: 0.2, ema: 0.9999, pooling: backbone}",
    Summary = "ConvNeXt V2's fine-tuning of tiny: 300 epochs, layer decay 0.9.",
    Paper = ConvNeXt, Authors = ConvNeXtAuthors, Venue = "CVPR", Year = 2023, ArXiv = ConvNeXtArXiv)]
[Plugin("finetune-fcmae-base", Revision = 2, Backbone = typeof(ILayerIds), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 100, baseLearningRate: 0.000625, warmupEpochs: 20, layerDecay: 0.6, layers: group, ema: 0.9999, pooling: backbone}",
    Summary = "ConvNeXt V2's fine-tuning of base: 100 epochs, layer decay 0.6 by groups.",
    Paper = ConvNeXt, Authors = ConvNeXtAuthors, Venue = "CVPR", Year = 2023, ArXiv = ConvNeXtArXiv)]
[Plugin("finetune-small", Backbone = typeof(ILayerIds), Options = typeof(FinetuneOptions), Family = FamilyName,
    Preset = "{epochs: 4, batchSize: 128, baseLearningRate: 0.002, warmupEpochs: 0.5, layerDecay: 0.8, dropPath: 0, "
        + "pooling: backbone, headStd: 0.01, mixup: 0, cutMix: 0, cropScaleMin: 0.5, randAugment: 0, randomErasing: 0}",
    Summary = "Fine-tuning in minutes: 4 epochs over images of 32 pixels with crops and flips only.")]
[Plugin("finetune-semi-1", Revision = 2, Options = typeof(FinetuneOptions), Family = FamilyName, Preset = "{labelledShare: 0.01, " + Semi,
    Summary = "Fine-tuning on a hundredth of the labels, the same share of each class: 70 epochs.",
    Paper = Vissl, Authors = VisslAuthors, Venue = "ICCV", Year = 2019, ArXiv = VisslArXiv)]
[Plugin("finetune-semi-10", Revision = 2, Options = typeof(FinetuneOptions), Family = FamilyName, Preset = "{labelledShare: 0.1, " + Semi,
    Summary = "Fine-tuning on a tenth of the labels, the same share of each class: 70 epochs.",
    Paper = Vissl, Authors = VisslAuthors, Venue = "ICCV", Year = 2019, ArXiv = VisslArXiv)]
public sealed class Finetune(FinetuneOptions options) : ITrainingEvaluator, IEvaluationRequirements
{
    private const string FamilyName = "fine-tuning";
    private const string Semi = "epochs: 70, batchSize: 256, optimizer: nesterov, baseLearningRate: 0.05, finalLearningRate: 0, milestones: [30], "
        + "warmupEpochs: 0, weightDecay: 0, layerDecay: 1, dropPath: 0, pooling: backbone, headStd: 0.01, mixup: 0, cutMix: 0, labelSmoothing: 0, "
        + "bicubic: false, randAugment: 0, randomErasing: 0}";

    private const string Vissl = "Scaling and Benchmarking Self-Supervised Visual Representation Learning", VisslArXiv = "1905.01235";
    private const string VisslAuthors = "Goyal, Mahajan, Gupta, Misra";
    private const string Mae = "Masked Autoencoders Are Scalable Vision Learners", MaeArXiv = "2111.06377";
    private const string MaeAuthors = "He, Chen, Xie, Li, Dollár, Girshick";
    private const string ConvNeXt = "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", ConvNeXtArXiv = "2301.00808";
    private const string ConvNeXtAuthors = "Woo et al.";

    /// <inheritdoc/>
    public ClassifierTraining Training => options.Training;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone) => FinetunedClassifier.Faults(backbone, options);

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run) => new FinetunedClassifier(copies, options, run);
}
