namespace Parallax.Torch.Modules;

internal static class OptimizerStateCopy
{
    /// <summary>Copies steps and buffers, in the type, device and memory order that the target's parameter asks for.</summary>
    public static void Copy(OptimizerState source, OptimizerState target)
    {
        for (var i = 0; i < target.Buffers.Length; i++)
        {
            Load(target, i, source.Buffers.ElementAtOrDefault(i));
        }

        target.Steps = source.Steps;
    }

    public static void Load(OptimizerState target, int index, Tensor? value)
    {
        if (value is not null && !value.shape.SequenceEqual(target.Parameter.shape))
        {
            throw new ArgumentException(
                $"A buffer has the shape [{string.Join(", ", value.shape)}], its parameter [{string.Join(", ", target.Parameter.shape)}]. The state belongs to another model.");
        }

        target.Set(index, value is null ? null : Parallax.Engine.UpdateEntry.NewBuffer(target.Parameter).copy_(value));
    }
}
