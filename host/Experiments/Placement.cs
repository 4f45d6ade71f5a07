using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;

namespace Parallax.Host.Experiments;

/// <summary>Where a run computes and in which precision: device, memory layout, autocast.</summary>
internal sealed class Placement
{
    private readonly TrainerOptions _options;
    private bool _channelsLast;

    /// <param name="options">Device, precision, threads.</param>
    /// <param name="environment">Which of the processes of a machine this one is; null for one alone.</param>
    /// <exception cref="ConfigurationException">The device is not there, or cannot compute in the precision.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public Placement(TrainerOptions options, ProcessEnvironment? environment = null)
    {
        _ = TorchLibrary.Current;   // its own message when something is missing, before TorchSharp looks elsewhere and says something else
        environment ??= ProcessEnvironment.Alone;
        (_options, _channelsLast) = (options, options.ChannelsLast);
        Device = environment.IsRank ? OwnDevice(options.Device, environment) : Parse(options.Device);
        if (options.Precision == TrainingPrecision.Fp16 && !IsCuda)
        {
            throw new ConfigurationException("trainer.precision is fp16, which needs a CUDA device; this run is on the CPU. Use bf16 or fp32.");
        }

        CpuThreads.Set(options.ThreadsOr(environment.OwnCores));
    }

    public Device Device { get; }

    public bool IsCuda => Device.type == DeviceType.CUDA;

    /// <summary>fp16 gradients underflow without a loss scale; bf16 has the range of fp32.</summary>
    public bool ScalesLoss => _options.Precision == TrainingPrecision.Fp16;

    public IDisposable Autocast() => _options.Precision switch
    {
        TrainingPrecision.Bf16 => Parallax.Torch.Autocast.Enter(Device, torch.bfloat16),
        TrainingPrecision.Fp16 => Parallax.Torch.Autocast.Enter(Device, torch.float16),
        _ => Parallax.Torch.Autocast.Disabled(),
    };

    /// <summary>Moves a module to the device and into the run's memory layout, which is that of its images too.</summary>
    /// <returns>The weight for whose sake the layout is not channels-last, though the recipe asks for it; null when it is as asked.</returns>
    public string? Place(Module module)
    {
        module.to(Device);
        if (!IsCuda)
        {
            NarrowConvolutions.KeepPlain(module);
            if (_options.Precision != TrainingPrecision.Fp32)
            {
                UnseenTaps.UseFloat32(module);
            }
        }

        var obstacle = _options.ChannelsLast ? module.ObstacleToChannelsLast() : null;
        _channelsLast = _options.ChannelsLast && obstacle is null;
        if (_channelsLast)
        {
            module.ToChannelsLast();
        }

        return obstacle;
    }

    /// <summary>A batch as tensors on the device, [N, C, H, W] per view, or [N, C, T, H, W]. On the CPU they may share the loader's memory.</summary>
    public Batch ToDevice(HostBatch batch, bool hasLabels)
    {
        var views = new Tensor[batch.Views.Count];
        for (var view = 0; view < views.Length; view++)
        {
            views[view] = Images(batch, view);
        }

        var indices = torch.tensor(batch.Indices.ToArray()).to(Device);   // [N]
        var labels = hasLabels ? torch.tensor(batch.Labels.ToArray()).to(Device) : null;   // [N]

        return new(views, indices, labels)
        {
            Repetitions = batch.HasRepetitions ? torch.tensor(batch.RepetitionBuffer[..batch.Size]) : null,   // [N] on the CPU
            Captions = batch.Captions, Windows = Windows(batch),
        };
    }

    /// <summary>One view of a batch on the device, [N, C, H, W], or [N, C, T, H, W].</summary>
    public Tensor Images(HostBatch batch, int view)
    {
        var shape = batch.Shape(view);
        var source = batch.Views[view];
        var whole = torch.from_array(source.Memory);   // shares the memory

        return Arrange(whole.narrow(0, source.Start, shape.Aggregate((product, length) => product * length)).view(shape));
    }

    // [N, V, 3]; null for single images.
    private static Tensor? Windows(HostBatch batch) => batch.Views[0].Shape.Frames == 0 ? null
        : torch.tensor(batch.WindowBuffer[..(batch.Size * batch.Views.Count * HostBatch.WindowNumbers)]).view(batch.Size, batch.Views.Count, -1);

    /// <summary>Images on the device and in the run's memory layout, [N, C, H, W]; clips [N, C, T, H, W] keep theirs.</summary>
    public Tensor Arrange(Tensor images)
    {
        var moved = images.to(Device);

        return _channelsLast && moved.dim() == 4 ? moved.ToChannelsLast() : moved;
    }

    // Each process of a machine takes the GPU of its local rank; where it is shown one only, that one.
    private static Device OwnDevice(string device, ProcessEnvironment environment)
    {
        if (device.StartsWith("cuda:", StringComparison.Ordinal))
        {
            throw new ConfigurationException($"trainer.device is '{device}', but there are {environment.Count} processes, and each takes a GPU of its own. "
                + "Use trainer.device: cuda; CUDA_VISIBLE_DEVICES chooses among the GPUs of a machine.");
        }

        if (device is "cpu" || (device is "auto" && !torch.cuda.is_available()))
        {
            return torch.CPU;
        }

        return Parse(torch.cuda.is_available() && torch.cuda.device_count() == 1 ? "cuda:0" : $"cuda:{environment.LocalRank}");
    }

    private static Device Parse(string device)
    {
        if (device is "auto")
        {
            return torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        }

        if (device is "cpu")
        {
            return torch.CPU;
        }

        if (device != "cuda" && !(device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(device.AsSpan(5), CultureInfo.InvariantCulture, out _)))
        {
            throw new ConfigurationException($"trainer.device is '{device}'; expected auto, cpu, cuda or cuda:INDEX.");
        }

        // Making a device object already starts CUDA, and fails where there is none.
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        var index = device == "cuda" ? 0 : int.Parse(device.AsSpan(5), CultureInfo.InvariantCulture);

        return index < count
            ? torch.device(device)
            : throw new ConfigurationException(
                $"trainer.device is '{device}', but the linked libtorch sees {count} CUDA devices. Use trainer.device: cpu, or a libtorch with CUDA "
                    + "(Torch=cuda when it is built, or LIBTORCH); 'parallax doctor' shows which one is used.");
    }
}
