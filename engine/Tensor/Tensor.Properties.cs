namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The lengths of the dimensions.</summary>
        public unsafe long[] shape
        {
            get
            {
                var handle = Live;
                var sizes = new long[Native.px_dim(handle)];
                fixed (long* data = sizes)
                {
                    Native.px_sizes(handle, data);
                }

                GC.KeepAlive(this);
                return sizes;
            }
        }

        public long ndim => dim();

        public long NumberOfElements => numel();

        public long ElementSize => Info().ElementSize;

        public ScalarType dtype
        {
            get
            {
                var type = (ScalarType)Native.px_dtype(Live);
                GC.KeepAlive(this);
                return type;
            }
        }

        public unsafe Device device
        {
            get
            {
                int type, index;
                Native.px_device(Live, &type, &index);
                GC.KeepAlive(this);
                return type == 0 && index < 0 ? CPU : new Device((DeviceType)type, index);
            }
        }

        public unsafe DeviceType device_type
        {
            get
            {
                int type, index;
                Native.px_device(Live, &type, &index);
                GC.KeepAlive(this);
                return (DeviceType)type;
            }
        }

        public int device_index => device.index;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => (Info().Flags & 8) != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public long dim()
        {
            var dims = Native.px_dim(Live);
            GC.KeepAlive(this);
            return dims;
        }

        public long numel()
        {
            var count = Native.px_numel(Live);
            GC.KeepAlive(this);
            return count;
        }

        public long element_size() => ElementSize;

        public long[] size() => shape;

        public long size(int dim)
        {
            var sizes = shape;
            return sizes[Wrap(dim, sizes.Length)];
        }

        public unsafe long[] stride()
        {
            var strides = new long[dim()];
            fixed (long* data = strides)
            {
                Native.Check(Native.px_strides(Live, data), "stride()");
            }

            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim)
        {
            var strides = stride();
            return strides[Wrap(dim, strides.Length)];
        }

        public long storage_offset()
        {
            var offset = Native.px_storage_offset(Live);
            GC.KeepAlive(this);
            return offset;
        }

        public bool is_contiguous() => (Info().Flags & 4) != 0;

        public unsafe bool is_pinned()
        {
            int pinned;
            Native.Check(Native.px_is_pinned(Live, &pinned), "is_pinned()");
            GC.KeepAlive(this);
            return pinned != 0;
        }

        public bool is_floating_point() => dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

        public bool is_integral() => dtype is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

        public bool is_complex() => dtype is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

        internal unsafe Native.TensorInfo Info()
        {
            Native.TensorInfo info;
            Native.Check(Native.px_info(Live, &info), "tensor properties");
            GC.KeepAlive(this);
            return info;
        }

        private static int Wrap(int dim, int dims) => dim >= -dims && dim < dims ? (dim < 0 ? dim + dims : dim)
            : throw new ArgumentOutOfRangeException(nameof(dim), $"Dimension {dim} does not exist: the tensor has {dims} dimensions, so use {-dims} to {dims - 1}.");
    }
}
