namespace Parallax.Host.Configuration;

/// <summary>Where the clips of an evaluation begin in a video.</summary>
public enum TestSampling
{
    /// <summary><c>testClips</c> of them, spread evenly from the start to the end; a single one lies in the middle.</summary>
    Even,

    /// <summary>Over the whole video, each beginning in the middle of the one before. Han et al., NeurIPS 2020.</summary>
    HalfOverlapping,

    /// <summary>Over the whole video, each beginning where the one before ends, and one that ends with the video. Zhang et al., AAAI 2022.</summary>
    BackToBack,

    /// <summary><c>testClips</c> of them at equal shares i / k of the room that a clip has, so that the last one does not reach the end. SlowFast, without
    /// offset sampling.</summary>
    EvenShares,

    /// <summary><c>testClips</c> of them, whole frames apart, so that the last one may end a little before the video. SlowFast, with offset
    /// sampling.</summary>
    EvenSteps,
}
