namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>
            /// Changes type and device of everything below; integer buffers keep their type. The parameter objects stay the same, only their data
            /// changes, so an optimizer built before stays valid.
            /// </summary>
            internal void Convert(ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (dtype is not (null or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64
                    or ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64))
                {
                    throw new ArgumentException(
                        $"A module converts to floating-point types only, got {dtype}. Convert single tensors with Tensor.to.", nameof(dtype));
                }

                using var noGradient = no_grad();
                ConvertOwn(dtype, device, non_blocking);
                foreach (var (_, module) in named_modules())
                {
                    module.ConvertOwn(dtype, device, non_blocking);
                }
            }

            private void ConvertOwn(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var parameter in _parameters.Values)
                {
                    ConvertData(parameter, dtype, device, non_blocking);
                    using var grad = parameter.grad;
                    if (grad is not null)
                    {
                        ConvertData(grad, dtype, device, non_blocking);
                    }
                }

                foreach (var (tensor, _) in _buffers.Values)
                {
                    ConvertData(tensor, dtype, device, non_blocking);
                }
            }

            private static void ConvertData(Tensor tensor, ScalarType? dtype, Device? device, bool non_blocking)
            {
                var type = tensor.is_floating_point() || tensor.is_complex() ? dtype ?? tensor.dtype : tensor.dtype;
                var target = device ?? tensor.device;
                if (type == tensor.dtype && target == tensor.device)
                {
                    return;
                }

                using var moved = tensor.to(type, target, non_blocking: non_blocking);
                Native.Check(Native.px_set_data(tensor.Handle, moved.Handle), "moving a parameter or buffer");
            }
        }
    }
}
