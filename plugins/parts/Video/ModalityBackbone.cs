namespace Parallax.Plugins.Parts;

/// <summary>What a network sees of a clip.</summary>
public enum Modality
{
    /// <summary>Its colours.</summary>
    Rgb,

    /// <summary>Its optical flow.</summary>
    Flow,
}

/// <summary>Backbones for the colours of clips, or for their optical flow; both are given the clips, in training and in evaluations.</summary>
public static class ModalityBackbone
{
    private const int Channels = 3;

    /// <summary>Makes one.</summary>
    /// <param name="modality">What it sees.</param>
    /// <param name="backbones">Makes networks for clips of three channels.</param>
    /// <param name="data">Gives mean and deviation of the colours.</param>
    public static IBackbone Of(Modality modality, BackboneFactory backbones, DatasetInfo data) => modality == Modality.Rgb
        ? backbones()
        : new FrontEndBackbone(new FlowFront(new(data)), backbones(), again => Of(modality, () => again(Channels), data));

    /// <summary>What optical flow cannot be computed of.</summary>
    /// <param name="method">Name of the method in recipes.</param>
    /// <param name="run">The data and their clips.</param>
    public static IEnumerable<string> FlowFaults(string method, RunInfo run) =>
    [
        .. RgbViews.Faults(method, run),
        .. run.Clip is { Frames: < 2 } ? ["clips.frames is 1, but optical flow is between two frames. Raise it."] : Array.Empty<string>(),
    ];
}
