namespace Parallax.Engine;

public sealed partial class ProcessGroup
{
    private const int MostDimensions = 8;

    private enum Call
    {
        AllReduce,
        AllGather,
        Broadcast,
    }

    /// <summary>With <see cref="ProcessGroupOptions.CheckCalls"/>: stops when the processes are about to do different things.</summary>
    private void Agree(Call call, Tensor subject)
    {
        if (!_options.CheckCalls || Size == 1)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var own = new long[3 + MostDimensions];
        (own[0], own[1], own[2]) = ((long)call, (long)subject.dtype, subject.dim());
        subject.shape.Take(MostDimensions).ToArray().CopyTo(own, 3);
        var all = Gathered(tensor(own).to(subject.device).unsqueeze(0)).cpu().data<long>().ToArray().Chunk(own.Length).ToList();
        if (all.All(other => other.SequenceEqual(own)))
        {
            return;
        }

        _failure = $"The processes run different collectives: {string.Join(", ", all.Select((other, rank) => $"rank {rank} {Describe(other)}"))}. "
            + "All must run the same ones in the same order with the same shapes; look for what depends on the rank or on the size of its part of the batch.";
        _handle.Dispose();
        throw new ProcessGroupException(_failure);
    }

    private static string Describe(long[] call) =>
        $"{(Call)call[0]} of [{string.Join(", ", call.Skip(3).Take((int)Math.Min(call[2], MostDimensions)))}] {(ScalarType)call[1]}";
}
