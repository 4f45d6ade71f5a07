namespace Parallax.Torch;

/// <summary>Channels-last memory: the values of a pixel lie side by side, which convolutions on CPUs and tensor cores prefer. Shapes and values stay.</summary>
public static class MemoryLayout
{
    private const long ChannelsLast = 2;   // c10::MemoryFormat

    /// <summary>An image batch [N, C, H, W] in channels-last order; a new object over the same memory when it is so already.</summary>
    /// <exception cref="ArgumentException">The tensor has not four dimensions.</exception>
    public static Tensor ToChannelsLast(this Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.dim() == 4
            ? new OperatorCall("aten::contiguous").Add(images).Add(ChannelsLast).RunForTensor()
            : throw new ArgumentException($"Channels-last order needs four dimensions, [N, C, H, W]; [{string.Join(", ", images.shape)}] came.", nameof(images));
    }

    /// <summary>Puts every parameter and buffer of four dimensions into channels-last order. The objects stay, so optimizers stay valid.</summary>
    public static void ToChannelsLast(this nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var noGrad = torch.no_grad();
        foreach (var tensor in module.parameters().Cast<Tensor>().Concat(module.buffers()).Where(t => t.dim() == 4))
        {
            using var moved = tensor.ToChannelsLast();
            tensor.set_(moved);
        }
    }

    /// <summary>Whether an image batch [N, C, H, W] lies in channels-last order.</summary>
    public static bool IsChannelsLast(this Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var shape = images.shape;

        return shape.Length == 4 && images.stride().AsSpan().SequenceEqual([shape[1] * shape[2] * shape[3], 1, shape[1] * shape[3], shape[1]]);
    }
}
