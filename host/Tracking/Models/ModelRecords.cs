namespace Parallax.Host.Tracking;

/// <summary>A model as a store of MLflow 3 knows it.</summary>
/// <param name="Id">Its identifier, <c>m-</c> and 32 hexadecimal digits.</param>
/// <param name="ArtifactUri">Where its files belong.</param>
/// <param name="IsReady">True when they are all there.</param>
internal sealed record LoggedModel(string Id, string ArtifactUri, bool IsReady);

/// <summary>A version to make in the registry.</summary>
/// <param name="Name">Name of the registered model; made when missing.</param>
/// <param name="Key">Key of the model, kept as a tag: one model has one version of a name.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="Source">What is registered: <c>models:/ID</c>, or the address of a folder.</param>
/// <param name="Location">The address of its folder.</param>
/// <param name="ModelId">The model as a store of MLflow 3 knows it; null before.</param>
internal sealed record NewVersion(string Name, string Key, string RunId, string Source, string Location, string? ModelId);

/// <summary>A version of a registered model.</summary>
internal sealed record ModelVersion(string Name, string Version);
