namespace SoundPlugins;

/// <summary>A backbone for the tests of discovery and configuration.</summary>
[Plugin("ear")]
public sealed class EarBackbone() : Module<Tensor, Tensor>("ear"), IBackbone
{
    public int FeatureDim => 1;

    public override Tensor forward(Tensor input) => input;
}
