using Parallax.Ranks;

// Parallax.Ranks PLUGINS FOLDER [METHOD ...], alone or through mpirun: one of several processes that train every method but the named ones for some steps
// together.
return RankRun.OfAllMethods(args[0], args[1], args[2..]);
