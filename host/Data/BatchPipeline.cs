namespace Parallax.Host.Data;

/// <summary>
/// Threads that fill batches ahead of the consumer. Each takes the next image as soon as it is done with one, and goes on with the next batch when
/// none is left: a large image keeps one worker busy and holds up no other image. Batches come out in order.
/// A fixed set of buffers goes round: a worker waits when all are full, the consumer when none is.
/// </summary>
internal sealed class BatchPipeline : IDisposable
{
    private readonly object _gate = new();
    private readonly Stack<BatchSlot> _free = new();
    private readonly Queue<BatchSlot> _ahead = new();
    private readonly Thread[] _threads;
    private readonly Func<long, long[]> _orderOf;
    private readonly int _batchSize, _process;
    private readonly long _images, _step, _epochs;
    private readonly bool _dropsRest, _goesOn;

    private BatchSlot? _filling;
    private (long Epoch, long First) _next = (-1, 0);   // epoch and place in its order; -1: nobody asked for a batch yet
    private (long Epoch, long[] Order) _order = (-1, []);
    private int _working;
    private bool _stopped, _seeking;

    /// <param name="images">Images of one epoch.</param>
    /// <param name="orderOf">The samples of an epoch, in order.</param>
    /// <param name="writer">Makes the writer of a worker.</param>
    /// <param name="shapes">Shape of each view.</param>
    /// <param name="settings">Sizes and numbers.</param>
    /// <param name="goesOn">Whether the next epoch is begun ahead; where its order is not known before, false.</param>
    public BatchPipeline(
        long images, Func<long, long[]> orderOf, Func<ISampleWriter> writer, IReadOnlyList<ViewShape> shapes, LoaderSettings settings, bool goesOn = true)
    {
        (_images, _orderOf, _epochs, _dropsRest, _goesOn) = (images, orderOf, settings.Epochs, settings.DropLast, goesOn);
        (_batchSize, _process, _step) = (settings.BatchSize, settings.Process, (long)settings.BatchSize * settings.Processes);
        for (var i = 0; i < settings.Prefetch + 1; i++)
        {
            _free.Push(new BatchSlot(new HostBatch(settings.BatchSize, shapes)));
        }

        _threads = [.. Enumerable.Range(0, settings.Workers).Select(i => new Thread(() => Work(writer())) { IsBackground = true, Name = $"loader {i}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>The batches of an epoch from an image on; none where none is left. A batch is valid until the next is asked for.</summary>
    public IEnumerable<HostBatch> Epoch(long epoch, long firstImage)
    {
        if (!HasBatch((epoch, firstImage)))
        {
            yield break;
        }

        Seek((epoch, firstImage));
        for (var first = firstImage; HasBatch((epoch, first)); first += _step)
        {
            var slot = Take();
            try
            {
                slot.ThrowIfFailed();
                yield return slot.Batch;
            }
            finally
            {
                Release(slot);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        Array.ForEach(_threads, thread => thread.Join());
    }

    /// <summary>Goes on where the pipeline is, when that is the place; else drops what was made ahead.</summary>
    private void Seek((long Epoch, long First) wanted)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            var place = _ahead.TryPeek(out var first) ? (first.Batch.Epoch, first.First) : _next;
            if (place == wanted)
            {
                return;
            }

            _seeking = true;
            while (_working > 0)
            {
                Monitor.Wait(_gate);
            }

            while (_ahead.TryDequeue(out var dropped))
            {
                _free.Push(dropped);
            }

            (_filling, _next, _seeking) = (null, wanted, false);
            Monitor.PulseAll(_gate);
        }
    }

    private BatchSlot Take()
    {
        lock (_gate)
        {
            while (!_stopped && !(_ahead.TryPeek(out var first) && first.IsFinished))
            {
                Monitor.Wait(_gate);
            }

            ObjectDisposedException.ThrowIf(_stopped, this);

            return _ahead.Dequeue();
        }
    }

    private void Release(BatchSlot slot)
    {
        lock (_gate)
        {
            _free.Push(slot);
            Monitor.PulseAll(_gate);
        }
    }

    private void Work(ISampleWriter writer)
    {
        for (BatchSlot? done = null; WaitForWork(done, out var slot, out var position); done = slot)
        {
            try
            {
                writer.Write(slot.SampleAt(position), slot.Batch.Epoch, slot.Batch, position);
            }
            catch (Exception fault)   // whatever it is, the consumer throws it when it comes to this batch
            {
                lock (_gate)
                {
                    slot.Fail(position, fault);
                }
            }
        }
    }

    /// <summary>Hands back an image that is done, and takes the next one.</summary>
    private bool WaitForWork(BatchSlot? done, out BatchSlot slot, out int position)
    {
        lock (_gate)
        {
            Finish(done);
            while (!_stopped && (_seeking || !HasWork()))
            {
                Monitor.Wait(_gate);
            }

            (slot, position) = (_filling!, 0);
            if (_stopped)
            {
                return false;
            }

            position = slot.Claim();
            _working++;

            return true;
        }
    }

    private void Finish(BatchSlot? done)
    {
        if (done is null)
        {
            return;
        }

        _working--;
        done.Finish();
        if (done.IsFinished || _seeking)
        {
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>True when <see cref="_filling"/> has images left to make, if need be by beginning the next batch.</summary>
    private bool HasWork()
    {
        if (_filling is { IsClaimed: false })
        {
            return true;
        }

        if (_next.Epoch < 0 || !HasBatch(_next) || _free.Count == 0)
        {
            return false;
        }

        if (_order.Epoch != _next.Epoch)
        {
            _order = (_next.Epoch, _orderOf(_next.Epoch));
        }

        _filling = _free.Pop();
        _filling.Begin(_next.Epoch, _next.First, _order.Order, _process * _batchSize, _batchSize);
        _ahead.Enqueue(_filling);
        (long Epoch, long First) following = (_next.Epoch, _next.First + _step);
        _next = HasBatch(following) ? following : _goesOn ? (_next.Epoch + 1, 0) : (-1, 0);
        Monitor.PulseAll(_gate);   // the others can help with this batch

        return true;
    }

    private bool HasBatch((long Epoch, long First) place) =>
        place.Epoch < _epochs && (_dropsRest ? place.First + _step <= _images : place.First < _images);
}
