using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Parallax.Torch;

/// <summary>A private copy of TorchSharp's native library that loads on a libstdc++ of GCC 12.</summary>
/// <remarks>
/// The shipped file asks for GLIBCXX_3.4.32 for one symbol only, an empty marker without effect (<c>std::ios_base_library_init()</c>). The copy asks for
/// GLIBCXX_3.4.30 in its place, and its marker is the name of another function without arguments and effects. Only the one file that this was written for is
/// changed: its SHA-256 is checked.
/// </remarks>
internal static class BridgeRepair
{
    private const string KnownHash = "CF33B1B0BB6BBB9754A768FB5C5D04D9F498603BE50E73F55621A0B40EE608B8";   // TorchSharp 0.107.0, linux-x64
    private const string Harmless = "_ZNSt6chrono3_V212steady_clock3nowEv";
    private const uint OldHash = 0x0297f842;   // ELF hash of GLIBCXX_3.4.32
    private const uint NewHash = 0x0297f840;   // of GLIBCXX_3.4.30
    private const uint TypeDynSym = 11;
    private const uint TypeVerNeed = 0x6ffffffe;
    private const uint TypeVerSym = 0x6fffffff;
    private const int SymbolSize = 24;

    /// <summary>The file that loads here: the shipped one where the system fits it, else a repaired copy, made now unless it is there.</summary>
    /// <exception cref="DllNotFoundException">A copy is needed, and the file is not the one that the repair was written for.</exception>
    public static (string Path, bool IsRepaired) Fitting(string shipped)
    {
        if (SystemCppLibrary.FitsShipped())
        {
            return (shipped, false);
        }

        var bytes = File.ReadAllBytes(shipped);
        if (bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"{SystemCppLibrary.Wanted}\0")) < 0)
        {
            return (shipped, false);   // built for older systems
        }

        var hash = Convert.ToHexString(SHA256.HashData(bytes));
        if (hash != KnownHash)
        {
            throw new DllNotFoundException(
                $"{shipped} needs {SystemCppLibrary.Wanted}, which this system's C++ library lacks, and it is not the file of TorchSharp 0.107.0 that can "
                    + $"be repaired (SHA-256 {hash}). Use Debian 13, Ubuntu 24.04 or newer, or TorchSharp 0.107.0.");
        }

        Repair(bytes);
        var errors = new List<string>();
        foreach (var folder in Folders(shipped))
        {
            try
            {
                return (Store(Path.Combine(folder, $"{hash[..16]}-{TorchLibrary.BridgeFile}"), bytes), true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors.Add(e.Message);   // read-only: the next one
            }
        }

        throw new DllNotFoundException($"The repaired copy of {shipped} cannot be stored anywhere: {string.Join(" ", errors)} Set XDG_CACHE_HOME to a "
            + "folder that can be written.");
    }

    private static string Store(string target, byte[] bytes)
    {
        if (!File.Exists(target) || !File.ReadAllBytes(target).AsSpan().SequenceEqual(bytes))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var aside = $"{target}.{Environment.ProcessId}";
            File.WriteAllBytes(aside, bytes);
            File.Move(aside, target, overwrite: true);   // a process that has loaded the old one keeps it
        }

        return target;
    }

    /// <summary>Where the copy may lie: beside the shipped file, else in the user's cache, else in the folder for temporary files.</summary>
    private static IEnumerable<string> Folders(string shipped)
    {
        yield return Path.Combine(Path.GetDirectoryName(shipped)!, "repaired");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache)
        {
            yield return Path.Combine(cache, "parallax");
        }
        else if (home.Length > 0)
        {
            yield return Path.Combine(home, ".cache", "parallax");
        }

        yield return Path.Combine(Path.GetTempPath(), $"parallax-{Environment.UserName}");
    }

    /// <summary>Rewrites the file in place.</summary>
    internal static void Repair(byte[] file)
    {
        var sections = Sections(file);
        var symbols = sections.Single(section => section.Type == TypeDynSym);
        var names = sections[symbols.Link];
        var versions = sections.Single(section => section.Type == TypeVerSym);
        var needed = sections.Single(section => section.Type == TypeVerNeed);
        RenameVersion(file, needed, FindName(file, names, SystemCppLibrary.WantedByRepaired));

        // The marker becomes another use of the harmless function: its name, and the index of its version.
        var (marker, harmless) = (IndexOf(file, symbols, names, SystemCppLibrary.Marker), IndexOf(file, symbols, names, Harmless));
        file.AsSpan(symbols.Offset + (harmless * SymbolSize), sizeof(uint)).CopyTo(file.AsSpan(symbols.Offset + (marker * SymbolSize)));
        file.AsSpan(versions.Offset + (harmless * sizeof(ushort)), sizeof(ushort)).CopyTo(file.AsSpan(versions.Offset + (marker * sizeof(ushort))));
    }

    /// <summary>Gives the needed version of GCC 13 the name and hash of GCC 12's.</summary>
    private static void RenameVersion(byte[] file, Section needed, uint newName)
    {
        var header = needed.Offset;
        while (true)
        {
            var entry = header + (int)U32(file, header + 8);
            for (var left = U16(file, header + 2); left > 0; left--)
            {
                if (U32(file, entry) == OldHash)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry), NewHash);
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry + 8), newName);
                    return;
                }

                entry += (int)U32(file, entry + 12);
            }

            var next = (int)U32(file, header + 12);
            header = next != 0 ? header + next : throw new DllNotFoundException($"The file does not ask for {SystemCppLibrary.Wanted}.");
        }
    }

    private static int IndexOf(byte[] file, Section symbols, Section names, string symbol)
    {
        for (var i = 0; i < symbols.Size / SymbolSize; i++)
        {
            if (NameAt(file, names, file.AsSpan(symbols.Offset + (i * SymbolSize))) == symbol)
            {
                return i;
            }
        }

        throw new DllNotFoundException($"The symbol {symbol} is not in the file.");
    }

    private static string NameAt(byte[] file, Section names, ReadOnlySpan<byte> symbol)
    {
        var text = file.AsSpan(names.Offset + (int)BinaryPrimitives.ReadUInt32LittleEndian(symbol));
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    private static uint FindName(byte[] file, Section names, string name)
    {
        var at = file.AsSpan(names.Offset, names.Size).IndexOf(Encoding.ASCII.GetBytes($"\0{name}\0"));
        return at >= 0 ? (uint)at + 1 : throw new DllNotFoundException($"The name {name} is not in the file.");
    }

    private static Section[] Sections(byte[] file)
    {
        var (table, size, count) = ((int)BitConverter.ToUInt64(file, 0x28), U16(file, 0x3A), U16(file, 0x3C));
        return [.. Enumerable.Range(0, count).Select(i => table + (i * size)).Select(at => new Section(
            U32(file, at + 4), (int)BitConverter.ToUInt64(file, at + 0x18), (int)BitConverter.ToUInt64(file, at + 0x20), (int)U32(file, at + 0x28)))];
    }

    private static uint U32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static ushort U16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private readonly record struct Section(uint Type, int Offset, int Size, int Link);
}
