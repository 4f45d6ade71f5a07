using Microsoft.Data.Sqlite;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>What is said about tracking files that another MLflow made.</summary>
public sealed class SqliteRevisionsTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("acf3f17fdcc7", null)]
    [InlineData("867495a8f9d4", null)]
    [InlineData("7d34483879f0", null)]
    [InlineData("7f2a7d5fae7d", "is of MLflow 2.4 to 2.7 (revision 7f2a7d5fae7d), older than")]
    [InlineData("97727af70f4d", "is of MLflow 2.0 to 2.2 (revision 97727af70f4d), older than")]
    [InlineData("cc1f77228345", "is of an MLflow before 2.0 (revision cc1f77228345), older than")]
    [InlineData("ffffffffffff", "is of an MLflow that is not known here (revision ffffffffffff")]
    public void Open_TablesFit_SaysWhatTheFileIsOfAndUsesIt(string revision, string? expected)
    {
        WriteFile($"UPDATE alembic_version SET version_num = '{revision}'");

        using var store = _place.OpenDatabase();

        if (expected is null)
        {
            Assert.Null(store.Open());
            return;
        }

        var notice = store.Open()!;
        Assert.Contains(expected, notice, StringComparison.Ordinal);
        Assert.DoesNotContain("newer than", notice, StringComparison.Ordinal);
        Assert.Equal(expected.Contains("older", StringComparison.Ordinal), notice.Contains("mlflow db upgrade sqlite:////", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("3500859a5d39", "is of MLflow 2.3 (revision 3500859a5d39) and has no table 'input_tags'")]
    [InlineData("abcdefabcdef", "is of an MLflow that is not known here (revision abcdefabcdef")]
    public void Open_TableMissing_SaysWhatTheFileIsOfAndHowToUpgrade(string revision, string expected)
    {
        WriteFile($"UPDATE alembic_version SET version_num = '{revision}'; DROP TABLE input_tags");

        var fault = Assert.Throws<StoreException>(_place.OpenDatabase);

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains($"mlflow db upgrade sqlite:///{_place.Database}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Folder_SaysThatItIsOne()
    {
        Directory.CreateDirectory(_place.Database);

        var fault = Assert.Throws<StoreException>(_place.OpenDatabase);

        Assert.Contains("is a folder", fault.Message, StringComparison.Ordinal);
    }

    private void WriteFile(string change)
    {
        _place.OpenDatabase().Dispose();
        using var connection = new SqliteConnection($"Data Source={_place.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = change;
        command.ExecuteNonQuery();
    }
}
