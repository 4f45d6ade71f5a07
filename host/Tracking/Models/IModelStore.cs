namespace Parallax.Host.Tracking;

/// <summary>A place that keeps models of runs and the registry of their versions. May throw <see cref="StoreException"/>; all may be repeated.</summary>
internal interface IModelStore
{
    /// <summary>Finds a model by its key, or makes it; its files are still to come.</summary>
    /// <param name="run">The run that made it.</param>
    /// <param name="model">The model.</param>
    /// <param name="makes">False finds it only.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <returns>Null where there are no logged models, which came with MLflow 3: then a model is a folder among the files of its run. Null too where it is not
    /// found and not made.</returns>
    Task<LoggedModel?> BeginModelAsync(StoredRun run, ModelEntry model, bool makes, CancellationToken cancellation);

    /// <summary>Notes that all files of a model are there, and that the run made it.</summary>
    Task FinishModelAsync(StoredRun run, LoggedModel logged, long step, CancellationToken cancellation);

    /// <summary>The version of a registered model that has this key; null where there is none.</summary>
    Task<ModelVersion?> FindVersionAsync(string name, string key, CancellationToken cancellation);

    /// <summary>Makes a version; asked only where none has its key.</summary>
    Task<ModelVersion> RegisterAsync(NewVersion version, CancellationToken cancellation);

    /// <summary>Gives a version an alias, which another one loses.</summary>
    Task SetAliasAsync(ModelVersion version, string alias, CancellationToken cancellation);
}
