using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Backbones that see some channels of images only: a fixed front end, then a backbone of the run. Evaluations give them the same images as any
/// other.</summary>
public static class ColourTrunks
{
    /// <summary>A backbone that sees lightness alone, as one channel.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <param name="data">Gives the numbers by which views are normalised.</param>
    public static IBackbone Lightness(ChannelBackboneFactory backbones, DatasetInfo data) =>
        new FrontEndBackbone(LabChannels.Lightness(data), backbones(channels: 1), copies => Lightness(copies, data));

    /// <summary>A backbone that sees colours without lightness, as two channels.</summary>
    /// <inheritdoc cref="Lightness"/>
    public static IBackbone Colours(ChannelBackboneFactory backbones, DatasetInfo data) =>
        new FrontEndBackbone(LabChannels.Colours(data), backbones(channels: 2), copies => Colours(copies, data));

    /// <summary>A backbone that sees the grey image in all three channels.</summary>
    /// <inheritdoc cref="Lightness"/>
    public static IBackbone Grey(ChannelBackboneFactory backbones, DatasetInfo data) =>
        new FrontEndBackbone(new GreyImage(data), backbones(channels: 3), copies => Grey(copies, data));

    /// <summary>Two backbones side by side, one for lightness and one for colours.</summary>
    /// <inheritdoc cref="Lightness"/>
    public static SplitBackbone Split(ChannelBackboneFactory backbones, DatasetInfo data) =>
        new(Lightness(backbones, data), Colours(backbones, data), copies => Split(copies, data));

    /// <summary>The coarsest map of a backbone.</summary>
    /// <param name="backbone">Any backbone.</param>
    /// <exception cref="ConfigurationException">It has no maps.</exception>
    public static FeatureStage LastMap(this IBackbone backbone)
    {
        backbone.RequireMaps();

        return backbone.Stages[^1];
    }

    /// <summary>Requires that a backbone has maps.</summary>
    /// <param name="backbone">Any backbone.</param>
    /// <exception cref="ConfigurationException">It has none.</exception>
    public static void RequireMaps(this IBackbone backbone)
    {
        if (backbone.Stages.Count == 0)
        {
            throw new ConfigurationException(
                "backbone.name is a backbone without feature maps, but the method works on them. Take a convolutional one, such as resnet18.");
        }
    }
}
