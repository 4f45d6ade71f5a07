namespace Parallax.Plugins.Datasets;

/// <summary>Files of several archives, of which each says in which it lies.</summary>
/// <param name="archives">Their paths, in order.</param>
internal sealed class ShardStore(IReadOnlyList<string> archives) : IFileStore
{
    private readonly IFileStore[] _stores = [.. archives.Select(archive => FileStores.Open(archive))];

    public void Read<TState>(StoredFile file, TState state, FileAction<TState> action, int? most = null) =>
        _stores[file.Shard].Read(file, state, action, most);

    public string NameOf(StoredFile file) => _stores[file.Shard].NameOf(file);

    public string AddressOf(StoredFile file) => _stores[file.Shard].AddressOf(file);

    public void Dispose() => Array.ForEach(_stores, store => store.Dispose());
}
