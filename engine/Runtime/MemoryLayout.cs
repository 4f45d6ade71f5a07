namespace Parallax.Engine;

/// <summary>Channels-last memory: the values of a pixel lie side by side, which convolutions on CPUs and tensor cores prefer. Shapes and values stay.</summary>
public static class MemoryLayout
{
    /// <summary>An image batch [N, C, H, W] in channels-last order; the tensor itself when it is so already.</summary>
    public static Tensor ToChannelsLast(this Tensor images) => Ops.contiguous(images, memory_format.channels_last);

    /// <summary>Puts every parameter and buffer of four dimensions into channels-last order. The objects stay, so optimizers stay valid.</summary>
    public static void ToChannelsLast(this Module module)
    {
        using var noGrad = torch.no_grad();
        foreach (var tensor in module.parameters().Cast<Tensor>().Concat(module.buffers()).Where(t => t.dim() == 4))
        {
            using var moved = Ops.contiguous(tensor.detach(), memory_format.channels_last);
            tensor.SetData(moved);
        }
    }
}
