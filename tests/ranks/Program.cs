using System.Globalization;
using Parallax.Ranks;

// Parallax.Ranks RANK SIZE PLUGINS FOLDER: one of SIZE processes that train every method for some steps together.
return RankRun.OfAllMethods(int.Parse(args[0], CultureInfo.InvariantCulture), int.Parse(args[1], CultureInfo.InvariantCulture), args[2], args[3]);
