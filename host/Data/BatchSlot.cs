using System.Runtime.ExceptionServices;

namespace Parallax.Host.Data;

/// <summary>A batch on its way through the pipeline. The pipeline's lock guards all members but the contents of the batch.</summary>
internal sealed class BatchSlot(HostBatch batch)
{
    private ExceptionDispatchInfo? _fault;
    private long[] _order = [];
    private int _part, _faultPosition, _claimed, _unfinished;

    public HostBatch Batch => batch;

    /// <summary>Place in the order of its epoch at which the batch of all processes begins.</summary>
    public long First { get; private set; }

    public bool IsClaimed => _claimed == batch.Size;

    public bool IsFinished => _unfinished == 0;

    /// <summary>Prepares for a part of a batch.</summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="first">Place in the order at which the batch of all processes begins.</param>
    /// <param name="order">The samples of the epoch, in order.</param>
    /// <param name="part">How far behind that place this process's part begins.</param>
    /// <param name="size">Samples of the part; fewer where the order ends.</param>
    public void Begin(long epoch, long first, long[] order, int part, int size)
    {
        (_order, First, _part) = (order, first, part);
        (batch.Epoch, batch.Size) = (epoch, (int)Math.Min(size, order.Length - first - part));
        (_claimed, _unfinished, _fault) = (0, batch.Size, null);
    }

    /// <summary>The sample at a position of the batch.</summary>
    public long SampleAt(int position) => _order[First + _part + position];

    /// <summary>Takes the next position for one worker.</summary>
    public int Claim() => _claimed++;

    /// <summary>Counts an image that is done.</summary>
    public void Finish() => _unfinished--;

    /// <summary>Keeps the fault of the earliest position, so that the same one shows with any number of workers.</summary>
    public void Fail(int position, Exception fault)
    {
        if (_fault is null || position < _faultPosition)
        {
            (_fault, _faultPosition) = (ExceptionDispatchInfo.Capture(fault), position);
        }
    }

    public void ThrowIfFailed() => _fault?.Throw();
}
