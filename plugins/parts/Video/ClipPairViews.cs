using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>Two views of a video: of two clips, or of the same one; all are cropped and flipped, some change their colours too.</summary>
/// <remarks>
/// Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, as in the authors' code: 32
/// frames in a row. Differs from it: crops have ten tries, there one, after which the whole frame is taken; "grey" copies one colour channel that is drawn for
/// the clip, there for each frame; small frames are not blurred; shorter
/// videos are kept, their first frame repeated, where the code leaves out those under half a clip.
/// </remarks>
public static class ClipPairViews
{
    private const int Frames = 32;

    /// <summary>The views.</summary>
    /// <param name="view">Builds views of the run.</param>
    /// <param name="options">How often clips differ and colours change.</param>
    public static ViewPlan Of(ViewBuilder view, ClipQueueOptions options)
    {
        return new([One(0), One(1)])
        {
            Clips = new([new(Frames) { Short = ShortVideo.RepeatFirst }], new OwnOrOtherClips(options.OtherClipShare, isShared: true)),
        };

        ViewSpec One(int index) => View(
            view.Crop(0.2, bicubic: true), view.PairedColors(index, options.ColorShare, options.OtherClipShare), Flip());
    }
}
