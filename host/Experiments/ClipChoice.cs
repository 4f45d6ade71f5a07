using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Experiments;

/// <summary>Which clips a run takes of videos: the method's, as the recipe changes them.</summary>
internal static class ClipChoice
{
    /// <summary>The clips of the views; null for single images.</summary>
    /// <param name="configuration">The recipe.</param>
    /// <param name="method">Declares the clips.</param>
    /// <param name="data">The data set.</param>
    /// <exception cref="ConfigurationException">Method, backbone and data set do not fit together.</exception>
    public static ClipPlan? Of(ResolvedConfiguration configuration, IMethod method, IImageDataset data)
    {
        var (name, clips) = (configuration.Method.Name, method.Views.Clips);
        if (clips is null && method.Backbone.TakesClips)
        {
            throw new ConfigurationException($"The backbone '{configuration.Backbone.Name}' takes clips, but the method '{name}' learns from single images. "
                + "Take a backbone for images, or a method for video (parallax list methods).");
        }

        if (clips is null && configuration.Clips != new ClipOptions())
        {
            throw new ConfigurationException($"The section clips says which frames make a clip, but the method '{name}' learns from single images. Remove it.");
        }

        if (clips is not null && clips.ForImages == method.Backbone.TakesClips)
        {
            throw new ConfigurationException(clips.ForImages
                ? $"The method '{name}' trains a network for single images, but the backbone '{configuration.Backbone.Name}' takes clips. Take one for images."
                : $"The method '{name}' trains a network for clips, but the backbone '{configuration.Backbone.Name}' takes single images. Take one "
                    + "for clips ('parallax list backbones').");
        }

        if (clips is { ForImages: true } && configuration.Clips is not { TestClips: 1, TestCrops: 1, TestSampling: TestSampling.Even })
        {
            throw new ConfigurationException($"clips.testClips, testCrops and testSampling average over clips, but the method '{name}' trains a network for "
                + "single images, which is evaluated on the middle frame. Remove them.");
        }

        if (clips is not null && data is not IVideoDataset)
        {
            throw new ConfigurationException($"The method '{name}' learns from clips, but the data set '{configuration.Dataset.Name}' "
                + $"({data.Info.Location}) holds single images. Set data.name to a data set of videos ('parallax list datasets').");
        }

        return clips is null ? null : clips with { Views = [.. clips.Views.Select(configuration.Clips.Change)] };
    }

    /// <summary>What evaluations look at: clips where the backbone takes them.</summary>
    /// <param name="options">Says how many.</param>
    /// <param name="backbone">Takes clips, or images.</param>
    /// <param name="clips">Those of the views.</param>
    public static EvaluationViews ForTests(ClipOptions options, IBackbone backbone, ClipPlan? clips) =>
        backbone.TakesClips && clips is not null
            ? new(clips.Of(0), options.TestClips, options.TestCrops, options.TestSampling, options.TestCropPlaces)
            : EvaluationViews.Image;
}
