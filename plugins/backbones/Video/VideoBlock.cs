namespace Parallax.Plugins.Backbones;

/// <summary>Convolutions over clips around a shortcut: two (basic) or three (bottleneck). Names are torchvision's: <c>conv1.0</c> is a convolution,
/// <c>conv1.1</c> its normalisation.</summary>
/// <remarks>He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, figure 5, https://arxiv.org/abs/1512.03385, over clips.</remarks>
internal sealed class VideoBlock : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor>? downsample;
    private readonly IReadOnlyList<Module<Tensor, Tensor>> _layers;

    /// <param name="layers">Convolutions with their normalisations, and a ReLU in all but the last.</param>
    /// <param name="shortcut">Changes the input where its shape differs from the output's; null keeps it.</param>
    public VideoBlock(IReadOnlyList<Module<Tensor, Tensor>> layers, Module<Tensor, Tensor>? shortcut)
        : base(nameof(VideoBlock))
    {
        (_layers, downsample) = (layers, shortcut);
        RegisterComponents();
        foreach (var (i, layer) in layers.Index())
        {
            register_module($"conv{i + 1}", layer);
        }
    }

    public override Tensor forward(Tensor input)   // [N, inputs, T, H, W]
    {
        using var scope = NewDisposeScope();
        var x = _layers.Aggregate(input, (map, layer) => layer.call(map));   // [N, outputs, T/stride, H/stride, W/stride]

        return x.add_(downsample is null ? input : downsample.call(input)).relu_().MoveToOuterDisposeScope();
    }

    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = _layers.Aggregate(input, (map, layer) => graph.Write(layer, map));   // [N, outputs, T/stride, H/stride, W/stride]

        return graph.Relu(graph.Add(x, downsample is null ? input : graph.Write(downsample, input)));
    }
}
