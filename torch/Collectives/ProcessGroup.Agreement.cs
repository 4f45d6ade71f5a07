using System.Diagnostics;

namespace Parallax.Torch;

public sealed unsafe partial class ProcessGroup
{
    private const int MostDimensions = 8;
    private const int DescriptionLength = 4 + MostDimensions;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    private enum Call
    {
        AllReduce,
        AllGather,
        Broadcast,
        Barrier,
        Leave,
    }

    /// <summary>Waits until all processes are about to do the same.</summary>
    /// <remarks>
    /// Two numbers travel. A process that waits long sleeps, where MPI's own waiting keeps a core busy; a wait has a limit, which MPI has not;
    /// and processes that run different collectives get an exception that names them instead of hanging or crashing.
    /// </remarks>
    private void Agree(Call call, Tensor? subject = null, int root = 0)
    {
        RequireOpen();
        if (Size == 1)
        {
            return;
        }

        var own = Describe(call, subject, root);
        var code = 0L;
        foreach (var number in own)
        {
            code = unchecked((code * 1_000_003) + number) & long.MaxValue;
        }

        (_agreement[0], _agreement[1]) = (code, -code);
        nint request;
        Require(Mpi.MPI_Iallreduce(Mpi.InPlace, (nint)_agreement, 2, Mpi.Int64, Mpi.Max, _communicator, &request), call, subject);
        Wait(&request, call, subject);
        if (_agreement[0] != -_agreement[1])
        {
            throw Disagreement(own);
        }
    }

    private void Wait(nint* request, Call call, Tensor? subject)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            int isDone;
            Require(Mpi.MPI_Test(request, &isDone, 0), call, subject);
            if (isDone != 0)
            {
                return;
            }

            RequireOpen();   // the other thread may have found that a process ended
            var waited = Stopwatch.GetElapsedTime(start);
            if (waited > _timeout)
            {
                throw Break($"{Name(call, subject)} was not complete within {_timeout} on rank {Rank} of {Size}: another process is stuck, or has ended; "
                    + "look at its messages first.");
            }

            if (waited < Patience)
            {
                Thread.Yield();
            }
            else
            {
                _ = usleep((uint)Math.Clamp(waited.TotalMicroseconds / 16, 50, 5000));   // a small part of what has been waited already
            }
        }
    }

    private ProcessGroupException Disagreement(long[] own)
    {
        var all = new long[Size * DescriptionLength];
        fixed (long* send = own, receive = all)
        {
            Require(Mpi.MPI_Allgather((nint)send, own.Length, Mpi.Int64, (nint)receive, own.Length, Mpi.Int64, _communicator), Call.AllGather, null);
        }

        var calls = all.Chunk(DescriptionLength).Select((other, rank) => $"rank {rank} {Describe(other)}");

        return Break($"The processes run different collectives: {string.Join(", ", calls)}. "
            + "All must run the same ones in the same order with the same shapes; look for what depends on the rank or on the size of its part of the batch.");
    }

    private static long[] Describe(Call call, Tensor? subject, int root)
    {
        var numbers = new long[DescriptionLength];
        (numbers[0], numbers[1]) = ((long)call, root);
        if (subject is not null)
        {
            var shape = subject.shape;
            (numbers[2], numbers[3]) = ((long)subject.dtype + 1, shape.Length);
            shape.AsSpan(0, Math.Min(shape.Length, MostDimensions)).CopyTo(numbers.AsSpan(4));
        }

        return numbers;
    }

    private static string Describe(long[] call) => call[2] == 0
        ? $"{(Call)call[0]}"
        : $"{(Call)call[0]} of [{string.Join(", ", call.Skip(4).Take((int)Math.Min(call[3], MostDimensions)))}] "
            + $"{(ScalarType)(call[2] - 1)}{((Call)call[0] == Call.Broadcast ? $" from rank {call[1]}" : "")}";

    private static string Name(Call call, Tensor? subject) => Describe(Describe(call, subject, 0));
}
