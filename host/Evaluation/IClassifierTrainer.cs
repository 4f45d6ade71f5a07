using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Trains the classifiers of protocols that ask for it; made by the folder of training, which stands above this one.</summary>
internal interface IClassifierTrainer
{
    /// <summary>Trains a classifier on the labelled images, and counts how many held-out ones it gets right after each epoch; with several views of a
    /// sample after the last one only.</summary>
    /// <param name="measured">Its backbone is copied; nothing of it changes.</param>
    /// <param name="name">Name of the protocol.</param>
    /// <param name="protocol">What is trained and how.</param>
    /// <param name="test">The held-out images.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">Protocol, backbone and data do not fit.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    ProtocolResult Measure(Experiment measured, string name, ITrainingEvaluator protocol, IImageDataset test, CancellationToken stop);
}
