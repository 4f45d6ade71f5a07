using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Backbones by what a method needs of them; <see cref="PluginAttribute.Backbone"/> declares it, so that the host has compared before.</summary>
public static class TokenBackbones
{
    /// <summary>A new backbone that gives its tokens.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <exception cref="ConfigurationException">The run's backbone does not.</exception>
    public static ITokenBackbone Tokens(this BackboneFactory backbones) => As<ITokenBackbone>(backbones());

    /// <summary>A new backbone that gives features of regions.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <exception cref="ConfigurationException">The run's backbone does not.</exception>
    public static IRegionBackbone Regions(this BackboneFactory backbones) => As<IRegionBackbone>(backbones());

    /// <summary>A new backbone that encodes any sequence of patches.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <exception cref="ConfigurationException">The run's backbone does not.</exception>
    public static IPatchSequenceBackbone Sequences(this BackboneFactory backbones) => As<IPatchSequenceBackbone>(backbones());

    /// <summary>A new backbone that gives the tokens of clips.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <exception cref="ConfigurationException">The run's backbone does not.</exception>
    public static IClipTokenBackbone ClipTokens(this BackboneFactory backbones) => As<IClipTokenBackbone>(backbones());

    /// <summary>A new backbone that encodes the visible cells of images.</summary>
    /// <param name="backbones">Makes backbones of the run.</param>
    /// <exception cref="ConfigurationException">The run's backbone does not.</exception>
    public static IMaskedMapBackbone MaskedMaps(this BackboneFactory backbones) => As<IMaskedMapBackbone>(backbones());

    private static T As<T>(IBackbone backbone)
        where T : class, IBackbone => backbone as T ?? throw new ConfigurationException(
            $"The method needs a backbone that implements {typeof(T).Name}, but {backbone.GetType().Name} does not. Take another one (backbone.name).");
}
