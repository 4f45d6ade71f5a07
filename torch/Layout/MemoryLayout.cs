namespace Parallax.Torch;

/// <summary>Channels-last memory: the values of a pixel lie side by side, which convolutions on CPUs and tensor cores prefer. Shapes and values stay.</summary>
public static class MemoryLayout
{
    private const long ChannelsLast = 2;   // c10::MemoryFormat
    private const long FloatsPerVector = 16;   // of the widest registers, AVX-512

    /// <summary>An image batch [N, C, H, W] in channels-last order; a new object over the same memory when it is so already.</summary>
    /// <exception cref="ArgumentException">The tensor has not four dimensions.</exception>
    public static Tensor ToChannelsLast(this Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.dim() == 4
            ? new OperatorCall("aten::contiguous").Add(images).Add(ChannelsLast).RunForTensor()
            : throw new ArgumentException($"Channels-last order needs four dimensions, [N, C, H, W]; [{string.Join(", ", images.shape)}] came.",
                nameof(images));
    }

    /// <summary>Puts every parameter and buffer of four dimensions into channels-last order. The objects stay, so optimizers stay valid.</summary>
    /// <exception cref="InvalidOperationException">The module has an <see cref="ObstacleToChannelsLast"/>.</exception>
    public static void ToChannelsLast(this nn.Module module)
    {
        if (module.ObstacleToChannelsLast() is { } weight)
        {
            throw new InvalidOperationException($"'{weight}' cannot run in channels-last order on a CPU; MemoryLayout.ObstacleToChannelsLast says why.");
        }

        using var noGrad = torch.no_grad();
        foreach (var tensor in module.parameters().Cast<Tensor>().Concat(module.buffers()).Where(t => t.dim() == 4))
        {
            using var moved = tensor.ToChannelsLast();
            tensor.set_(moved);
        }
    }

    /// <summary>
    /// The path of a weight for whose sake a module must not run in channels-last order, as <c>layer2.0.shortcut.0.weight</c>; null when there is none.
    /// In that order oneDNN's weight gradient of a strided 1x1 convolution writes past its workspace when fewer channels come than a vector has floats.
    /// A narrow 1x1 weight outside of a <c>Conv2d</c> counts too, since its stride cannot be seen; weights on CUDA do not.
    /// </summary>
    public static string? ObstacleToChannelsLast(this nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var unstrided = module.modules().OfType<Conv2d>().Where(c => c.stride.All(step => step == 1)).Select(c => c.weight.Handle).ToHashSet();
        bool IsObstacle(Tensor t) => t is { device_type: DeviceType.CPU, shape: [_, < FloatsPerVector, 1, 1] } && !unstrided.Contains(t.Handle);
        return module.named_parameters().FirstOrDefault(p => IsObstacle(p.parameter)).name;
    }

    /// <summary>Whether an image batch [N, C, H, W] lies in channels-last order.</summary>
    public static bool IsChannelsLast(this Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var shape = images.shape;

        return shape.Length == 4 && images.stride().AsSpan().SequenceEqual([shape[1] * shape[2] * shape[3], 1, shape[1] * shape[3], shape[1]]);
    }
}
