namespace Parallax.Contracts;

/// <summary>
/// What a protocol needs of the data that it will measure on. The protocol or its options record may implement it. The host asks before training:
/// a protocol that cannot run is told and left out, everything else goes on.
/// </summary>
public interface IEvaluationRequirements
{
    /// <summary>Whether it measures on images that show several classes each (<see cref="FeatureSet.Shown"/>). The host leaves other protocols out on such
    /// data.</summary>
    bool TakesSeveralClasses => false;

    /// <summary>Why the protocol cannot measure on these data.</summary>
    /// <param name="train">The labelled bank; its count is the number of images that will be used.</param>
    /// <param name="test">The held-out images; likewise.</param>
    /// <returns>A sentence per fault: what there is, what was expected. Empty when all is well.</returns>
    IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test);

    /// <summary>
    /// What makes the number another than the protocol's name says, though there is one: fewer images than it asks for. Told as warnings before training.
    /// </summary>
    /// <param name="train">The labelled bank; its count is the number of images that will be used.</param>
    /// <param name="test">The held-out images; likewise.</param>
    /// <returns>A sentence or two each. Empty when there is nothing to say.</returns>
    IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test) => [];
}
