namespace Parallax.Plugins.Datasets;

/// <summary>Words why folders cannot be read as splits, with the setting that says how.</summary>
/// <param name="location">Folder or archive.</param>
/// <param name="kind">What the data set is made of.</param>
internal sealed class SplitFaults(string location, FileKind kind)
{
    private const int Shown = 5;

    public ConfigurationException OneInTheOther(FolderNode train, FolderNode test) => new(
        $"data.trainSplit is '{train.Path}' and data.testSplit is '{test.Path}': {kind.Names} of one would be in the other. "
        + "Name two folders of which neither lies in the other.");

    public ConfigurationException NoSplits(FolderNode root) => new(
        $"data.layout is splits, but {location} has no folder named {string.Join(" or ", SplitNames.Train)}; {Found(root)}. "
        + "Name it with data.trainSplit, or set data.layout: flat.");

    public ConfigurationException NoTraining(FolderNode test, FolderNode root) => new(
        $"{location} has test {kind.Names} in '{test.Path}' but no training folder; {Found(root)}. Expected 'train', or name it with data.trainSplit.");

    public ConfigurationException NotThere(string wanted, string key, FolderNode root) => new(
        $"{location} has no folder '{wanted}' with {kind.Names}; {Found(root)}. Correct {key}.");

    public ConfigurationException SeveralFor(string split, string key, FolderNode[] folders) => new(
        $"{location} has several folders that can be the {split} split: {Quoted(folders)}. Say which with {key}, for example {key}: {folders[0].Path}.");

    public ConfigurationException TwoWays(FolderNode[] splits, FolderNode[] others) => new(
        $"{location} can be read in two ways: {Quoted(splits)} beside {Quoted(others)} may be a split or a class. "
        + $"Set data.layout: flat if all of them are classes, or data.layout: splits to use only {Quoted(splits)}.");

    public ConfigurationException NotAtTheTop(FolderNode[] splits, FolderNode root) => new(
        $"{location} has folders named like splits, but not beside each other at the top: {Quoted(splits)}. "
        + $"Say where to look: {Example(splits)}, or data.layout: flat if {Quoted([.. root.Folders])} are classes.");

    public ConfigurationException InsideTraining(FolderNode train, FolderNode[] tests) => new(
        $"{location} has {Quoted(tests)} within the training split: test {kind.Names}, or classes? "
        + $"Set data.trainSplit: {train.Path} if they are classes, or name the folders of both splits with data.trainSplit and data.testSplit.");

    public ConfigurationException NearNames(FolderNode[] folders, FolderNode? train, FolderNode? test) => new(
        $"{location} has folders whose names look like those of splits: {Quoted(folders)}. Say what they are: "
        + $"data.trainSplit: {train?.Path ?? "FOLDER"} and data.testSplit: {test?.Path ?? "FOLDER"}, or data.layout: flat if they are classes.");

    /// <summary>Where the images are.</summary>
    public string Found(FolderNode root)
    {
        List<string> places = [.. root.Folders.Select(folder => $"'{folder.Path}'")];
        if (root.OwnImages > 0)
        {
            places.Add(root.Path.Length > 0 ? $"'{root.Path}' itself" : "the top");
        }

        return $"it has {kind.Names} in {DataPath.Enumerate(places, Shown)}";
    }

    private static string Example(FolderNode[] splits)
    {
        var train = splits.FirstOrDefault(SplitNames.IsTrain) ?? splits[0];
        var test = splits.FirstOrDefault(folder => SplitNames.IsTest(folder) && folder != train);

        return test is null ? $"data.trainSplit: {train.Path}" : $"data.trainSplit: {train.Path} and data.testSplit: {test.Path}";
    }

    private static string Quoted(IReadOnlyCollection<FolderNode> folders) => DataPath.Enumerate([.. folders.Select(folder => $"'{folder.Path}'")], Shown);
}
