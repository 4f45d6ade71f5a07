using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;

namespace Parallax.Host.Experiments;

/// <summary>What a recipe describes, made: data, views and a method on its device. It can be trained, and its features measured.</summary>
/// <param name="Configuration">The recipe.</param>
/// <param name="Run">What plugins are told about the run.</param>
/// <param name="Data">The training split: the labelled bank of evaluations.</param>
/// <param name="Method">The method, a module.</param>
/// <param name="Placement">Device, memory layout and precision.</param>
/// <param name="World">The processes that work on it together.</param>
/// <param name="Logger">For what happens on the way.</param>
internal sealed record Experiment(
    ResolvedConfiguration Configuration, RunInfo Run, IImageDataset Data, IMethod Method, Placement Placement, World World, ILogger Logger) : IDisposable
{
    /// <summary>The images that it is trained on: the training split, or a share of it.</summary>
    public IImageDataset Learned { get; init; } = Data;

    /// <summary>The augmentations of each view, in order.</summary>
    public IReadOnlyList<IReadOnlyList<IAugmentation>> Views { get; init; } = [];

    /// <summary>The clips that the views are made of; null for single images.</summary>
    public ClipPlan? Clips { get; init; }

    /// <summary>Sources of the images that it is trained on; null where they are not known.</summary>
    public SourceGroups? Sources { get; init; }

    /// <summary>What evaluations look at of each sample.</summary>
    public EvaluationViews TestClips { get; init; } = EvaluationViews.Image;

    /// <summary>Where the captions come from that the weights have learned from: those of the data, or what a checkpoint says.</summary>
    public CaptionOrigin LearnedCaptions { get; set; } = Data.Info.Captions;

    /// <summary>The momentum pairs that the method declares.</summary>
    public MomentumPairs Momentum { get; } = new(Method);

    /// <summary>The method as a module.</summary>
    public Module Module => (Module)Method;

    /// <summary>A batch as tensors on the device. On the CPU they may share the loader's memory.</summary>
    public Batch ToDevice(HostBatch batch) => Placement.ToDevice(batch, hasLabels: Run.Data.Classes.Count > 0) with
    {
        Sources = Sources is null ? null : torch.tensor(Array.ConvertAll(batch.Indices.ToArray(), Sources.Of)).to(Placement.Device),
    };

    public void Dispose()
    {
        Module.Dispose();
        Data.Dispose();
    }
}
