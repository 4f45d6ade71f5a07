namespace Parallax.Plugins.Parts;

/// <summary>Global response normalisation: channels of an image compete by the length of their maps. State-dictionary names: <c>gamma</c>,
/// <c>beta</c>.</summary>
/// <remarks>
/// Woo et al., "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", CVPR 2023, section 4, https://arxiv.org/abs/2301.00808:
/// G_c = |x_c| over the positions, N_c = G_c / (mean over the channels of G + 1e-6), y = gamma x N + beta + x. Statistics are those of one image, as in the
/// authors' dense network.
/// </remarks>
public sealed class GlobalResponseNorm : Module<Tensor, Tensor>, IOnnxModule
{
    private const double Epsilon = 1e-6;

    private readonly Parameter gamma, beta;

    /// <summary>Makes the layer as an identity: gamma and beta are 0.</summary>
    /// <param name="channels">Channels C.</param>
    public GlobalResponseNorm(long channels)
        : base(nameof(GlobalResponseNorm))
    {
        (gamma, beta) = (new Parameter(zeros([1, 1, 1, channels])), new Parameter(zeros([1, 1, 1, channels])));
        RegisterComponents();
    }

    /// <summary>Normalises the responses of each image.</summary>
    /// <param name="input">[N, H, W, C].</param>
    /// <returns>[N, H, W, C].</returns>
    public override Tensor forward(Tensor input) => Apply(input, gamma, beta);

    /// <summary>The layer with given parameters.</summary>
    /// <param name="input">[N, H, W, C].</param>
    /// <param name="gamma">Scale of the normalised responses, [C] or what spreads to it.</param>
    /// <param name="beta">Shift, likewise.</param>
    /// <returns>[N, H, W, C].</returns>
    public static Tensor Apply(Tensor input, Tensor gamma, Tensor beta)
    {
        using var scope = NewDisposeScope();
        var lengths = linalg.vector_norm(input, 2, [1, 2], keepdim: true);                // [N, 1, 1, C]
        var responses = lengths / (lengths.mean([-1], keepdim: true) + Epsilon);          // [N, 1, 1, C]

        return ((input * ((gamma * responses) + 1)) + beta).MoveToOuterDisposeScope();    // [N, H, W, C]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var lengths = graph.Reduce("ReduceL2", input, [1, 2], keeps: true);                                    // [N, 1, 1, C]
        var mean = graph.Add(graph.Mean(lengths, [3], keeps: true), graph.Number(Epsilon));                    // [N, 1, 1, 1]
        var responses = graph.Node("Div", [lengths, mean], lengths.Shape);                                     // [N, 1, 1, C]
        var factors = graph.Add(graph.Multiply(graph.Constant(gamma), responses), graph.Number(1));

        return graph.Add(graph.Multiply(input, factors), graph.Constant(beta));                                // [N, H, W, C]
    }
}
