using static Parallax.Torch.torch;

namespace Parallax.Engine;

/// <summary>A queue of work on a device; queues run beside each other, work within one runs in order. The CPU has one, on which everything is done at once.</summary>
public sealed unsafe class DeviceStream
{
    private Native.StreamId _id;

    private DeviceStream(Native.StreamId id) => _id = id;

    /// <summary>The queue that operators of this thread use now.</summary>
    public static DeviceStream Current(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Native.StreamId id;
        Native.Check(Native.px_stream_current((int)device.type, device.index, &id), $"the current stream of {device}");
        return new(id);
    }

    /// <summary>A queue of libtorch's pool.</summary>
    public static DeviceStream FromPool(Device device, bool highPriority = false)
    {
        ArgumentNullException.ThrowIfNull(device);
        Native.StreamId id;
        Native.Check(Native.px_stream_from_pool((int)device.type, device.index, highPriority ? 1 : 0, &id), $"a stream of {device}");
        return new(id);
    }

    /// <summary>Operators of this thread use this queue until the result is disposed.</summary>
    public IDisposable Use() => new Guard(this);

    /// <summary>Waits on the CPU until all work queued so far is done.</summary>
    public void Synchronize()
    {
        fixed (Native.StreamId* id = &_id)
        {
            Native.Check(Native.px_stream_synchronize(id), "stream synchronize");
        }
    }

    /// <summary>Work queued here from now on starts after everything queued on the other so far.</summary>
    public void WaitFor(DeviceStream other)
    {
        ArgumentNullException.ThrowIfNull(other);
        fixed (Native.StreamId* waiter = &_id, source = &other._id)
        {
            Native.Check(Native.px_stream_wait(waiter, source), "stream wait");
        }
    }

    /// <summary>Keeps the tensor's memory from being reused before the work queued here is done.</summary>
    public void Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        fixed (Native.StreamId* id = &_id)
        {
            Native.Check(Native.px_record_stream(tensor.Live, id), "record_stream");
        }

        GC.KeepAlive(tensor);
    }

    private static Native.StreamId Exchange(Native.StreamId id)
    {
        Native.StreamId previous;
        Native.Check(Native.px_stream_exchange(&id, &previous), "stream exchange");
        return previous;
    }

    private sealed class Guard(DeviceStream stream) : IDisposable
    {
        private readonly Native.StreamId _previous = Exchange(stream._id);
        private bool _closed;

        public void Dispose()
        {
            if (!_closed)
            {
                _closed = true;
                _ = Exchange(_previous);
            }
        }
    }
}
