namespace Parallax.Host.Configuration;

/// <summary>Over which images batch normalisation takes its statistics when several processes train together.</summary>
public enum BatchNormStatistics
{
    /// <summary>Over the images of all processes: any number of processes trains the same model.</summary>
    Synchronised,

    /// <summary>Over each process's own images, as He et al. (CVPR 2020, section 3.3) need it for shuffled batches. Running statistics then differ; those of
    /// the first process are saved.</summary>
    Local,
}
