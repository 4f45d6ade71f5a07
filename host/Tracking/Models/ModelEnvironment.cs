namespace Parallax.Host.Tracking;

/// <summary>What a Python program needs to load and serve a model, as MLflow writes it: the newest Python that each MLflow from 2.8 to 3.12 runs on.</summary>
internal static class ModelEnvironment
{
    /// <summary>Version of Python.</summary>
    public const string Python = "3.10.14";

    /// <summary>Version of ONNX that has the operators of our models.</summary>
    public const string Onnx = "1.15.0";

    /// <summary>Names of the files.</summary>
    public const string CondaName = "conda.yaml", PythonName = "python_env.yaml", RequirementsName = "requirements.txt";

    // The oldest that read our models: operator set 20 is of ONNX 1.15, which ONNX Runtime knows from 1.17 on.
    private static readonly string[] Packages = ["mlflow>=2.8", $"onnx>={Onnx}", "onnxruntime>=1.17.0"];

    /// <summary>The files with their content.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        [RequirementsName] = string.Join("\n", Packages) + "\n",
        [PythonName] = $"""
            python: {Python}
            build_dependencies:
            - pip
            - setuptools
            - wheel
            dependencies:
            - -r {RequirementsName}

            """,
        [CondaName] = $"""
            channels:
            - conda-forge
            dependencies:
            - python={Python}
            - pip
            - pip:
            {string.Join("\n", Packages.Select(package => $"  - {package}"))}
            name: mlflow-env

            """,
    };
}
