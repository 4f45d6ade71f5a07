using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A network for images that stays as it is, over the frames of clips: iBoot's target network.</summary>
/// <remarks>Ours, after Saleh et al., "iBoot: Image-bootstrapped Self-Supervised Video Representation Learning", 2022, https://arxiv.org/abs/2206.08339. It is
/// always in evaluation mode, so that its normalisations keep the statistics that it was trained with.</remarks>
public sealed class FrozenFrames : Module<Tensor, Tensor>
{
    private readonly IBackbone network;

    /// <summary>Freezes a network.</summary>
    /// <param name="network">Registered here under this name.</param>
    public FrozenFrames(IBackbone network)
        : base(nameof(FrozenFrames))
    {
        this.network = network;
        RegisterComponents();
        FrozenWeights.Freeze(this);
    }

    /// <summary>Width D of the targets.</summary>
    public int TargetDim => network.FeatureDim;

    /// <summary>The mean features of the frames, of length one (<see cref="FrameMean"/>).</summary>
    /// <param name="clips">Normalised as the network was trained, [N, C, T, H, W].</param>
    /// <returns>[N, D] float32, without gradients.</returns>
    public override Tensor forward(Tensor clips)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        ((Module)network).eval();
        var features = network.call(FrameBatch.Of(clips));                                     // [N T, D]

        return FrameMean.Of(features.unflatten(0, clips.shape[0], clips.shape[2])).MoveToOuterDisposeScope();   // [N, D]
    }
}
