using System.Globalization;
using System.Runtime.CompilerServices;

namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The one value of the tensor, converted to <typeparamref name="T"/>.</summary>
        /// <exception cref="ArgumentException">The tensor has not exactly one element.</exception>
        public unsafe T item<T>()
            where T : unmanaged
        {
            var value = ToScalar();
            return typeof(T) == typeof(float) ? Reinterpret<float, T>((float)value.Real)
                : typeof(T) == typeof(double) ? Reinterpret<double, T>(value.Real)
                : typeof(T) == typeof(long) ? Reinterpret<long, T>(value.Integer)
                : typeof(T) == typeof(int) ? Reinterpret<int, T>(checked((int)value.Integer))
                : typeof(T) == typeof(bool) ? Reinterpret<bool, T>(value.Real != 0)
                : typeof(T) == typeof(byte) ? Reinterpret<byte, T>(checked((byte)value.Integer))
                : typeof(T) == typeof(sbyte) ? Reinterpret<sbyte, T>(checked((sbyte)value.Integer))
                : typeof(T) == typeof(short) ? Reinterpret<short, T>(checked((short)value.Integer))
                : typeof(T) == typeof(Half) ? Reinterpret<Half, T>((Half)value.Real)
                : throw new NotSupportedException($"item<{typeof(T).Name}>() is not supported. Use float, double, long, int, short, sbyte, byte, bool or Half.");
        }

        public unsafe Scalar ToScalar()
        {
            if (numel() != 1)
            {
                throw new ArgumentException($"Only a tensor with one element has a value; this one is {Native.Describe(Live)}.");
            }

            int kind;
            long integer;
            double real, imaginary;
            var code = Native.px_item(Live, &kind, &integer, &real, &imaginary);
            if (code != 0)
            {
                throw TorchException.FromNative(code, $"item({Native.Describe(Live)})");
            }

            GC.KeepAlive(this);
            return kind switch
            {
                1 => real,
                2 => throw new NotSupportedException("A complex tensor has no single number; read its real and imag parts."),
                _ when dtype == ScalarType.Bool => integer != 0,
                _ => integer,
            };
        }

        /// <summary>The elements as <typeparamref name="T"/>, which must match the type exactly; a device tensor is copied to the CPU first.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The memory itself: writes change the tensor. Keep the tensor alive while the span is used.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous, not on the CPU, or larger than 2 GB.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                var info = Info();
                var length = info.Numel * info.ElementSize;
                if (info.DeviceType != 0 || (info.Flags & 4) == 0 || length > int.MaxValue)
                {
                    throw new InvalidOperationException($"bytes needs a contiguous CPU tensor of at most 2 GB; this one is {Native.Describe(Live)}. Use cpu().contiguous() first.");
                }

                return new Span<byte>((void*)DataPointer(), (int)length);
            }

            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                {
                    throw new ArgumentException($"The tensor holds {target.Length} bytes; {value.Length} came.", nameof(value));
                }

                value.CopyTo(target);
                GC.KeepAlive(this);
            }
        }

        /// <summary>Nested lists of boxed numbers, as deep as the tensor has dimensions.</summary>
        public object tolist()
        {
            if (dim() == 0)
            {
                var value = ToScalar();
                return value.IsFloatingPoint ? value.Real : value.IsBoolean ? value.Integer != 0 : value.Integer;
            }

            var parts = unbind();
            var list = parts.Select(part => part.tolist()).ToList();
            foreach (var part in parts)
            {
                part.Dispose();
            }

            return list;
        }

        /// <summary>Writes the raw little-endian bytes of the elements in row-major order.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            ArgumentNullException.ThrowIfNull(stream);
            using var plain = Plain();
            stream.Write(plain.bytes);
        }

        /// <summary>Fills the tensor from raw little-endian bytes.</summary>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            ArgumentNullException.ThrowIfNull(stream);
            stream.ReadExactly(bytes);
            GC.KeepAlive(this);
        }

        public override string ToString()
        {
            if (IsInvalid)
            {
                return "disposed tensor";
            }

            var sizes = shape;
            return dim() == 0 && !is_meta && !is_complex()
                ? string.Create(CultureInfo.InvariantCulture, $"[], type = {dtype}, device = {device}, value = {ToScalar()}")
                : $"[{string.Join("x", sizes)}], type = {dtype}, device = {device}";
        }

        /// <summary>Address of the first element; on a device a device address.</summary>
        internal unsafe nint DataPointer()
        {
            nint data;
            Native.Check(Native.px_data_ptr(Live, &data), "data pointer");
            GC.KeepAlive(this);
            return data;
        }

        /// <summary>A contiguous CPU tensor with the same values, a new object even when nothing had to be copied.</summary>
        internal Tensor Plain()
        {
            using var local = detach();
            using var host = local.cpu();
            return host.contiguous();
        }

        private static TTo Reinterpret<TFrom, TTo>(TFrom value)
            where TFrom : unmanaged
            where TTo : unmanaged => Unsafe.As<TFrom, TTo>(ref value);
    }
}
