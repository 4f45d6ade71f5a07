namespace Parallax.Contracts;

/// <summary>
/// An evaluation protocol that trains on the labelled images themselves: fine-tuning, or a probe on frozen features that sees augmented images. It declares
/// what is trained and how; the host trains it as it trains a method, and counts how many held-out images are classified correctly.
/// </summary>
/// <remarks>The backbone that is measured never changes: the protocol gets copies of it.</remarks>
public interface ITrainingEvaluator
{
    /// <summary>How long and by which rule the classifier is trained.</summary>
    ClassifierTraining Training { get; }

    /// <summary>Whether its copies of the backbone keep their weights and buffers while it trains, as those of a probe do. The host then compares them before
    /// and after, and gives no number where they are not the same bits. A protocol that does not say so trains the backbone, too.</summary>
    bool FreezesBackbone => false;

    /// <summary>Why the classifier cannot be trained on a backbone. The host asks before the pretraining, too: a protocol that cannot run is told and left
    /// out.</summary>
    /// <param name="backbone">What is measured.</param>
    /// <returns>A sentence or two per fault: what there is, what was expected, what to do. Empty when all is well.</returns>
    IEnumerable<string> Faults(IBackbone backbone);

    /// <summary>Makes what is trained: a <c>torch.nn.Module</c>.</summary>
    /// <param name="copies">
    /// Makes copies of the measured backbone, with its weights, on the run's device; options of the backbone that <see cref="ClassifierTraining.Backbone"/>
    /// names are changed.
    /// </param>
    /// <param name="run">The labelled images, and the length of this training.</param>
    /// <exception cref="ConfigurationException">The backbone has <see cref="Faults"/>.</exception>
    IClassifier CreateClassifier(BackboneFactory copies, RunInfo run);
}

/// <summary>A method whose network tells classes apart.</summary>
public interface IClassifier : IMethod
{
    /// <summary>Scores of images, in evaluation mode and without gradients.</summary>
    /// <param name="images">[N, C, H, W], normalised.</param>
    /// <returns>[N, classes]; the largest is the prediction.</returns>
    Tensor Classify(Tensor images);
}

/// <summary>A classifier with several heads, each on other features of the same backbone: a probe for every layer. Its <see cref="IClassifier.Classify"/>
/// gives [N, heads x classes], head by head.</summary>
public interface IHeadedClassifier : IClassifier
{
    /// <summary>Names of the heads, from the input of the backbone to its output.</summary>
    IReadOnlyList<string> Heads { get; }

    /// <summary>Place of the head whose accuracy is the number of the protocol; asked at the end of the training. Held-out images that are measured take no
    /// part in the choice.</summary>
    int Chosen { get; }

    /// <summary>By which images that head is chosen: <see cref="NumberChoice.LastEpoch"/> where none is.</summary>
    NumberChoice ChosenBy { get; }
}

/// <summary>How a protocol trains its classifier: a cosine to the end, or steps, after a linear warm-up from 0.</summary>
/// <param name="Epochs">Passes over the labelled images.</param>
/// <param name="BatchSize">Images per optimizer step; all of them where there are fewer. A batch that does not fit at once has equal parts: a few images may
/// miss.</param>
/// <param name="BaseLearningRate">Learning rate at the peak per 256 images of a batch.</param>
public sealed record ClassifierTraining(int Epochs, int BatchSize, double BaseLearningRate)
{
    /// <summary>Rule that turns gradients into updates.</summary>
    public ClassifierOptimizer Optimizer { get; init; }

    /// <summary>Learning rate at the end of the cosine.</summary>
    public double FinalLearningRate { get; init; }

    /// <summary>Epochs, rising from 1 on, that begin with a fraction of the learning rate, in place of the cosine; empty for the cosine.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [];

    /// <summary>That fraction.</summary>
    public double DropFactor { get; init; } = 0.1;

    /// <summary>Whether the learning rate falls as rate / sqrt(1 + rate x weight decay x step), in place of the cosine. Bottou, "Stochastic Gradient Descent
    /// Tricks", 2012.</summary>
    public bool FallsWithSteps { get; init; }

    /// <summary>
    /// Share of the labelled images of each class that it learns from, a fraction in (0, 1], one image at least: drawn by the run's seed, the same for every
    /// protocol. 1 takes all.
    /// </summary>
    public double LabelledShare { get; init; } = 1;

    /// <summary>Epochs over which the learning rate rises; at most all of them.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>Weight decay of the parameters for which the classifier declares no other.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Decay of AdamW's second moment, a fraction in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Largest norm of the gradient; 0 never clips.</summary>
    public double ClipGradNorm { get; init; }

    /// <summary>Options of the backbone that differ from the run's, by key, as a recipe writes them; they leave names and shapes of its weights
    /// alone.</summary>
    public IReadOnlyDictionary<string, object> Backbone { get; init; } = new Dictionary<string, object>();
}

/// <summary>Rule that turns the gradients of a classifier into updates.</summary>
public enum ClassifierOptimizer
{
    /// <summary>Loshchilov and Hutter, 2019.</summary>
    AdamW,

    /// <summary>You et al., 2017, with momentum 0.9 and trust coefficient 0.001; biases take the plain step.</summary>
    Lars,

    /// <summary>Stochastic gradient descent with momentum 0.9.</summary>
    Sgd,

    /// <summary>Stochastic gradient descent with Nesterov's momentum 0.9.</summary>
    Nesterov,
}
