using System.ComponentModel.DataAnnotations;
using Parallax.Host.Experiments;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>tracking</c>: where parameters, curves and files of the run are kept.</summary>
public sealed record TrackingOptions
{
    /// <summary>Address of the MLflow store; null takes MLFLOW_TRACKING_URI, and without it the embedded store <c>mlflow.db</c> in the current
    /// folder.</summary>
    public string? Uri { get; init; }

    /// <summary>Experiment the run belongs to; null takes MLFLOW_EXPERIMENT_NAME or MLFLOW_EXPERIMENT_ID, and without them <c>parallax</c>.</summary>
    public string? Experiment { get; init; }

    /// <summary>Name of the run; null takes MLFLOW_RUN_NAME, and without it method, data set and backbone.</summary>
    public string? RunName { get; init; }

    /// <summary>What the run is about, in Markdown: MLflow shows it as the description of the run. Ours.</summary>
    public string? Description { get; init; }

    /// <summary>Identifier of the run that this one is part of, as of a leaderboard; null for a run of its own.</summary>
    public string? ParentRun { get; init; }

    /// <summary>Tags of the run, each <c>key=value</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Time between two readings of CPU, memory and GPU; 0s reads none. MLflow reads every 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SystemMetricsInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether checkpoints are stored with the run. Ours.</summary>
    public bool LogCheckpoints { get; init; } = true;

    /// <summary>Whether the backbone of every finished training is logged as an MLflow model, which costs time, memory and three copies of the weights;
    /// <c>parallax export RUN_ID --log</c> or <c>--register NAME</c> does it for the run that is worth it. Ours.</summary>
    public bool LogModel { get; init; }

    /// <summary>Epochs from one picture of the views to the next, as MLflow images by step; 0 logs none. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int ViewsEveryEpochs { get; init; } = 10;

    /// <summary>Epochs from one picture of what the method does to images to the next, for methods that show it; 0 draws none. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int PicturesEveryEpochs { get; init; } = 10;

    /// <summary>Whether these pictures also show what the class token attends to in the last block, for transformers that have one. Ours.</summary>
    public bool AttentionPictures { get; init; }

    /// <summary>Folder for values on their way to the store; null takes <c>~/.parallax/spool</c>. Ours.</summary>
    public string? Spool { get; init; }

    /// <summary>What happens when the server does not answer at the start: <c>offline</c> begins on disk, <c>fail</c> stops. Ours.</summary>
    public UnreachablePolicy OnUnreachable { get; init; } = UnreachablePolicy.Offline;
}
