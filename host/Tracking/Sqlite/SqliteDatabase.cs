using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Parallax.Host.Tracking;

/// <summary>One connection to a tracking file, in write-ahead mode, with errors told as <see cref="StoreException"/>. Not thread-safe.</summary>
internal sealed partial class SqliteDatabase : IDisposable
{
    private const int HasMovedCode = 20;   // SQLITE_FCNTL_HAS_MOVED
    private const int BusySeconds = 20;   // MLflow waits as long
    private readonly SqliteConnection _connection;
    private SqliteTransaction? _transaction;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    private SqliteDatabase(string file, bool readOnly)
    {
        File = file;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = BusySeconds,
        }.ToString());
    }

    /// <summary>Absolute path of the file.</summary>
    public string File { get; }

    /// <summary>
    /// True when the file that is open is no longer the one of that name: it was deleted, moved or replaced. What is written then is lost with it,
    /// which a database in write-ahead mode does not notice by itself.
    /// </summary>
    public bool HasMoved => FileControl(_connection.Handle!, "main", HasMovedCode, out var hasMoved) == 0 && hasMoved != 0;

    /// <summary>Opens a file, without looking at what is in it.</summary>
    /// <exception cref="StoreException">The file cannot be opened.</exception>
    public static SqliteDatabase Open(string file, bool readOnly = false)
    {
        var database = new SqliteDatabase(file, readOnly);
        try
        {
            database.Guard(() =>
            {
                if (!readOnly)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                }

                database._connection.Open();
                database.Execute($"PRAGMA busy_timeout={BusySeconds * 1000}");
                if (!readOnly)
                {
                    database.Execute("PRAGMA journal_mode=WAL");   // where a file system cannot, SQLite keeps the mode it has
                }
            });
            return database;
        }
        catch
        {
            database._connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs an action inside one immediate transaction: all of it is stored, or nothing.</summary>
    public void InTransaction(Action action) => Guard(() =>
    {
        using var running = _connection.BeginTransaction(deferred: false);
        _transaction = running;
        try
        {
            action();
            running.Commit();
        }
        finally
        {
            _transaction = null;
        }
    });

    /// <summary>Runs a statement. <c>$a</c>, <c>$b</c>, ... name the values in order.</summary>
    /// <returns>Number of changed rows.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Inserts a row unless one with the same key is there.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Names of columns, separated by commas.</param>
    /// <param name="values">A value for each.</param>
    /// <returns>True when it was not there.</returns>
    public bool Insert(string table, string columns, params ReadOnlySpan<object?> values)
    {
        var names = string.Join(", ", Enumerable.Range('a', values.Length).Select(letter => $"${(char)letter}"));
        return Execute($"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({names})", values) == 1;
    }

    /// <summary>The first column of the first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>All rows of a query.</summary>
    public IReadOnlyList<T> Query<T>(Func<SqliteDataReader, T> read, string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Runs an action and tells its database errors as <see cref="StoreException"/>.</summary>
    public void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StoreException(StoreFailure.Refused, $"The tracking file {File} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Moves everything into the one file, so that copying it is enough, and closes it.</summary>
    public void Dispose()
    {
        try
        {
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // Another process is writing or the file is read-only: the write-ahead file stays beside it and holds the rest.
        }

        _connection.Dispose();
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(SQLitePCL.sqlite3 database, string name, int operation, out int result);

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue("$" + (char)('a' + i), values[i] ?? DBNull.Value);
        }

        return command;
    }

    private StoreException Translate(SqliteException e)
    {
        const int busy = 5, locked = 6, readOnly = 8, ioError = 10, corrupt = 11, full = 13, cannotOpen = 14, schemaChanged = 17, constraint = 19;
        const int notADatabase = 26;
        var (failure, text) = e.SqliteErrorCode switch
        {
            busy or locked or schemaChanged => (StoreFailure.Unavailable, $"The tracking file {File} is busy: another process writes to it."),
            ioError => (StoreFailure.Unavailable, $"The tracking file {File} cannot be read or written: {e.Message}"),
            full => (StoreFailure.Unavailable, $"The disk of the tracking file {File} is full."),
            cannotOpen when Directory.Exists(File) => (StoreFailure.Refused, $"The tracking file {File} is a folder. Name a file in it with tracking.uri, " +
                $"for example sqlite:///{Path.Combine(File, "mlflow.db")}."),
            readOnly or cannotOpen => (StoreFailure.Refused, $"The tracking file {File} cannot be opened for writing. Make it and its folder writable, or " +
                "choose another place with tracking.uri."),
            corrupt or notADatabase => (StoreFailure.Refused, $"The tracking file {File} is no intact SQLite database. Move it away, or choose another " +
                "place with tracking.uri."),
            constraint => (StoreFailure.Rejected, $"The tracking file {File} refuses a row: {e.Message}"),
            _ => (StoreFailure.Rejected, $"The tracking file {File}: {e.Message}"),
        };
        return new StoreException(failure, text, e);
    }
}
