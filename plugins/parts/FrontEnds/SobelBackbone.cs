using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Backbones behind a <see cref="SobelFilter"/>.</summary>
public static class SobelBackbone
{
    /// <summary>Edge maps as large as the images: DeepCluster.</summary>
    /// <param name="backbones">Makes the network for two channels.</param>
    public static IBackbone Same(ChannelBackboneFactory backbones) => Of(backbones, padding: 1);

    /// <summary>Edge maps two pixels larger on each side's length: DeeperCluster.</summary>
    /// <param name="backbones">Makes the network for two channels.</param>
    public static IBackbone Larger(ChannelBackboneFactory backbones) => Of(backbones, padding: 2);

    private static FrontEndBackbone Of(ChannelBackboneFactory backbones, int padding) =>
        new(new SobelFilter(padding), backbones(SobelFilter.Channels), again => Of(again, padding));
}
