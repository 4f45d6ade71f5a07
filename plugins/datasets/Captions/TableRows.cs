namespace Parallax.Plugins.Datasets;

/// <summary>Collects the rows of a table of paths and captions.</summary>
internal sealed class TableRows
{
    private readonly string _table, _folder;
    private readonly bool _takesEmptyCaptions;
    private readonly List<CaptionedFile> _files = [];
    private readonly List<string> _incomplete = [];

    /// <param name="table">The file.</param>
    /// <param name="options">Names of the columns.</param>
    /// <param name="columns">The columns that it has.</param>
    /// <exception cref="ConfigurationException">One of the columns is missing: lists those that are there.</exception>
    public TableRows(string table, ImageTextOptions options, IReadOnlyList<string> columns)
    {
        (_table, _folder, _takesEmptyCaptions) = (table, Path.GetDirectoryName(table)!, options.TakesEmptyCaptions);
        PathColumn = Column(columns, options.PathColumn, "pathColumn");
        CaptionColumn = Column(columns, options.CaptionColumn, options.CaptionKey);
    }

    /// <summary>Number of the column with paths.</summary>
    public int PathColumn { get; }

    /// <summary>Number of the column with captions.</summary>
    public int CaptionColumn { get; }

    /// <summary>Takes a row; one without a path, or a caption that it needs, is left out.</summary>
    /// <param name="path">Path of the image, relative to the table or absolute.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="origin">Where the row stands, for messages.</param>
    public void Add(string? path, string? caption, string origin)
    {
        if (string.IsNullOrWhiteSpace(path) || (string.IsNullOrWhiteSpace(caption) && !_takesEmptyCaptions))
        {
            _incomplete.Add(origin);
            return;
        }

        const int unknownLength = -1;
        _files.Add(new(Store: 0, new(path.Trim(), Offset: 0, unknownLength), Text: default, caption?.Trim() ?? "", origin));
    }

    /// <param name="form">What the table is, for people.</param>
    /// <exception cref="ConfigurationException">There are no rows.</exception>
    public CaptionedFiles Finish(string form) => _files.Count > 0
        ? new(_table, form, [new FolderStore(_folder)], _files,
            [.. DataPath.LeftOut(_incomplete.Count, "row", $" without a path or a caption ({DataPath.Enumerate(_incomplete, shown: 1)})")])
        : throw new ConfigurationException($"{_table} has no rows with a path and a caption. Expected one for each image.");

    private int Column(IReadOnlyList<string> columns, string name, string key)
    {
        var column = columns.ToList().IndexOf(name);

        return column >= 0 ? column : throw new ConfigurationException(
            $"data.{key} is '{name}', but {_table} has the columns {DataPath.Enumerate([.. columns], shown: 10)}. Name one of them.");
    }
}
