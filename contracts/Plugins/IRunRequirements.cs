namespace Parallax.Contracts;

/// <summary>
/// What a plugin needs of a run that its options alone cannot tell: a number of images, a batch that divides evenly, labels. An options record may
/// implement it, or the plugin itself. The host asks when the data are open, before anything is written or trained, and tells the faults of all at once.
/// </summary>
/// <remarks>
/// Data set, method, backbone, augmentations of the views: their options are asked before any of them is built, the plugins themselves once all are built.
/// Protocols do not see a run; they have <see cref="IEvaluationRequirements"/>.
/// </remarks>
public interface IRunRequirements
{
    /// <summary>What cannot work in a run.</summary>
    /// <param name="run">The data, and how many images there are per step.</param>
    /// <returns>
    /// A sentence or two per fault: the key with its section (<c>method.queueSize is 33</c>), what was expected, what to do. Empty when all is well.
    /// </returns>
    IEnumerable<string> Faults(RunInfo run);

    /// <summary>
    /// What works, but not as a reader of the recipe would expect: a part that begins after the end of the run. Asked of options records;
    /// told as warnings when training begins.
    /// </summary>
    /// <param name="run">The data, and how long the run is.</param>
    /// <returns>A sentence or two each: the key with its section, what becomes of it. Empty when there is nothing to say.</returns>
    IEnumerable<string> Notes(RunInfo run) => [];
}
