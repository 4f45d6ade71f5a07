namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>A random number generator of libtorch.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public unsafe Generator(ulong seed = 0, Device? device = null)
        {
            var place = device ?? CPU;
            nint handle;
            Native.Check(Native.px_generator_new((int)place.type, place.index, &handle), $"Generator on {place}");
            _handle = handle;
            this.device = place;
            Seed((long)seed);
        }

        private Generator(nint handle, Device device)
        {
            _handle = handle;
            this.device = device;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that operators without one of their own use, on the CPU.</summary>
        public static Generator Default { get; } = DefaultOf(CPU);

        public Device device { get; }

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed)
        {
            Seed(seed);
            return this;
        }

        public unsafe long initial_seed()
        {
            long seed;
            Native.Check(Native.px_generator_initial_seed(Handle, &seed), "Generator.initial_seed()");
            GC.KeepAlive(this);
            return seed;
        }

        /// <summary>Everything needed to go on from here, as a byte tensor on the CPU.</summary>
        public unsafe Tensor get_state()
        {
            nint state;
            Native.Check(Native.px_generator_get_state(Handle, &state), "Generator.get_state()");
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Native.Check(Native.px_generator_set_state(Handle, value.Live), $"Generator.set_state({Native.Describe(value.Live)})");
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                Native.px_generator_free(handle);
            }
        }

        /// <summary>The default generator of a device.</summary>
        internal static unsafe Generator DefaultOf(Device device)
        {
            nint handle;
            Native.Check(Native.px_generator_default((int)device.type, device.index, &handle), $"the default generator of {device}");
            return new Generator(handle, device);
        }

        private void Seed(long seed)
        {
            Native.Check(Native.px_generator_seed(Handle, seed), "Generator.manual_seed()");
            GC.KeepAlive(this);
        }
    }
}
