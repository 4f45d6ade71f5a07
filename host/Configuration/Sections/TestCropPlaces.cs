namespace Parallax.Host.Configuration;

/// <summary>Where the crops of an evaluation lie in the frames of a clip.</summary>
public enum TestCropPlaces
{
    /// <summary>Spread evenly over the longer side; a single one lies in the middle.</summary>
    Spread,

    /// <summary>In the four corners and the middle; ten are these five and their mirror images. Han et al., NeurIPS 2020.</summary>
    Corners,
}
