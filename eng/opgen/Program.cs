using System.Runtime.InteropServices;
using System.Text;
using Parallax.OpGen;

return args switch
{
    ["generate", var folder] => Run(folder),
    ["generate"] => Run("engine/Ops"),
    ["schemas", var library, .. var names] => Print(library, names),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        opgen generate [FOLDER]            writes FOLDER/Ops.*.g.cs from FOLDER/ops.txt (default engine/Ops)
        opgen schemas LIBRARY [NAME ...]   prints the operator schemas of the libtorch that the built shim LIBRARY (libparallax_torch.so) links
        """);
    return 2;
}

static int Run(string folder)
{
    var files = Generator.Generate(File.ReadAllText(Path.Combine(folder, "ops.txt")));
    foreach (var stale in Directory.GetFiles(folder, "Ops.*.g.cs").Where(f => !files.ContainsKey(Path.GetFileName(f))))
    {
        File.Delete(stale);
    }

    foreach (var (name, text) in files)
    {
        File.WriteAllText(Path.Combine(folder, name), text);
    }

    Console.WriteLine($"{files.Count} files written to {folder}.");
    return 0;
}

static unsafe int Print(string library, string[] names)
{
    var dump = (delegate* unmanaged<byte**, long*, int>)NativeLibrary.GetExport(NativeLibrary.Load(Path.GetFullPath(library)), "px_schemas");
    byte* text;
    long length;
    if (dump(&text, &length) != 0)
    {
        Console.Error.WriteLine("The library could not list its operators.");
        return 1;
    }

    foreach (var line in Encoding.UTF8.GetString(text, checked((int)length)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
    {
        var name = line["aten::".Length..line.IndexOf('(', StringComparison.Ordinal)];
        if (names.Length == 0 || names.Any(wanted => name == wanted || name.StartsWith(wanted + ".", StringComparison.Ordinal)))
        {
            Console.WriteLine(line);
        }
    }

    return 0;
}
