namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>CUDA devices, when the linked libtorch has them.</summary>
    public static partial class cuda
    {
        private static readonly Lazy<bool> s_available = new(() =>
        {
            _ = Native.px_cuda_load();
            return Native.px_cuda_available() != 0;
        });

        public static bool is_available() => s_available.Value;

        public static bool is_cudnn_available() => is_available() && Native.px_cuda_cudnn_available() != 0;

        public static unsafe int device_count()
        {
            if (!is_available())
            {
                return 0;
            }

            int count;
            Native.Check(Native.px_cuda_device_count(&count), "cuda.device_count()");
            return count;
        }

        /// <summary>Waits until all work queued on a device is done.</summary>
        public static void synchronize(Device? device = null) => Native.Check(Native.px_cuda_synchronize(device?.index ?? -1), "cuda.synchronize()");

        public static Generator manual_seed(long seed)
        {
            var generator = Generator.DefaultOf(CUDA);
            return generator.manual_seed(seed);
        }

        public static Generator manual_seed_all(long seed)
        {
            Native.Check(Native.px_cuda_manual_seed_all(seed), "cuda.manual_seed_all()");
            return Generator.DefaultOf(CUDA);
        }
    }

    /// <summary>Loads what the device type needs.</summary>
    /// <exception cref="NotSupportedException">The linked libtorch, or this machine, has no such device.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new NotSupportedException($"There is no {deviceType} device: the linked libtorch was built without it, or the driver is missing. Set LIBTORCH to a build that has it, or use the CPU.");
        }
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType == DeviceType.CPU || (deviceType == DeviceType.CUDA && cuda.is_available());

    public static void InitializeDevice(Device? device) => InitializeDeviceType(device?.type ?? DeviceType.CPU);
}
