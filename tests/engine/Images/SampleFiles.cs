namespace Parallax.Engine.Tests.Images;

/// <summary>
/// Small files made with Pillow 9.4 (libjpeg-turbo 2.1.5) from the ramps red = 15 x, green = 19 y, blue = 8 (x + y); the reference numbers of the tests are what Pillow reads from them.
/// </summary>
internal static class SampleFiles
{
    /// <summary>17x13, quality 75, chroma halved both ways.</summary>
    public static readonly byte[] ColourJpeg = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQ" +
        "wLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCAANABEDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAA" +
        "AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRk" +
        "dISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3" +
        "+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNO" +
        "El8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU" +
        "1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDzzT/DXT5P0rq9P8NdPk/Sut0/Sbfjj9K6vT9Jt+OP0rKjiGc2R5/PQ4D/AIRr/Y/SivV/7Jt/T9KK6/" +
        "rDPtP7fmf/2Q==");

    /// <summary>The same pixels as a progressive file.</summary>
    public static readonly byte[] ProgressiveJpeg = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQ" +
        "wLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wgARCAANABEDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAA" +
        "AAAABQYA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAwIF/9oADAMBAAIQAxAAAAGdWWWgp/Vmba//xAAZEAADAQEBAAAAAAAAAAAAAAAAAgMEExT/2gAIAQEAAQUCnmJ5jzE5KT" +
        "kpyU//xAAXEQADAQAAAAAAAAAAAAAAAAAAAQQU/9oACAEDAQE/AYb2b2f/xAAXEQEAAwAAAAAAAAAAAAAAAAAAAgMT/9oACAECAQE/AYWNH//EABQQAQAAAAAAAAAAAAAA" +
        "AAAAACD/2gAIAQEABj8CX//EABcQAAMBAAAAAAAAAAAAAAAAAAAgYXH/2gAIAQEAAT8hgQMIlf/aAAwDAQACAAMAAAAQrx//xAAVEQEBAAAAAAAAAAAAAAAAAAAQIf/aAA" +
        "gBAwEBPxCM/wD/xAAWEQEBAQAAAAAAAAAAAAAAAAAAARH/2gAIAQIBAT8Qo0//xAAbEAACAgMBAAAAAAAAAAAAAAAAITGhEWHB8P/aAAgBAQABPxCHkh5PeBBUIKjRR//Z");

    /// <summary>17x13 grey.</summary>
    public static readonly byte[] GreyJpeg = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAANAB" +
        "EBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkK" +
        "FhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1N" +
        "XW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APPNP8NdPk/Sur0/w10+T9K2f+Ea/wBj9K1NP0m344/Sur0/Sbfjj9K2P7Jt/T9K/9k=");

    /// <summary>17x13 with Adobe's marker, inverted CMYK.</summary>
    public static readonly byte[] CmykJpeg = Convert.FromBase64String(
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAIBgYHBgUIBwcHCQkICgwUDQwLCwwZEhMPFB0aHx4dGhwcICQuJyAiLCMcHCg3KSwwMTQ0NB8nOT04MjwuMzQy/8AAFAgADQARBE" +
        "MRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHw" +
        "JDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxs" +
        "fIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwDzPwj/AMs64H/hBf8Apl+leb6Po/3flr3+vefCP/LOj/hBf+mX6V6Bo+j/AHflor0O" +
        "j/hBf+mX6V0n9j/7NFfIfhH/AJZ19Ff8I5Z+n6Vyuj2EXy0V7z4R/wCWdH/COWfp+legaPYRfLRXodH/AAjln6fpXSfYIqK//9k=");

    /// <summary>64x48.</summary>
    public static readonly byte[] LargerJpeg = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODh" +
        "MREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAwAEADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAA" +
        "AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRk" +
        "dISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3" +
        "+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNO" +
        "El8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU" +
        "1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDdtphtHNPnmG3rXP2178o5p8978vWvlI4V8x3LCP2JNcTDd1pbaYbutYVxe/N1pba9+brXrQwr5T5p4R" +
        "+2O1t5htHNFxMNvWsK3vfl60XF78vWohhXzH0bwj9iTzzDd1p9tMNw5rn5735utSW1783WvVjhXynzMcI/bFG2lbbT55G21LbWp29KfPanb0rgi48x+gqcPYmDcSNuotpG" +
        "3VPcWp3dKW2tTu6V6sHHlPmXOHtjRt5G20XEjbasW9qdvSi4tTt6VEHHmPo3OHsTBnlbdT7aRt1Sz2p3dKfbWp3dK9WLjynzUZw9sddbWXyjinz2Q29K0rYLtp04XbXwka" +
        "suY6FiJexOUuLIbulLbWQ3dK1LgLupbYLur1YVZcp808RL2xJb2Q2jii4sht6Vq24XbRcBdtRCrLmPoniJexOUnshu6U+2shuHFaM4XdUlsF3CvWjVlynzUcRL2x//2Q==");

    /// <summary>17x13, 8 bits.</summary>
    public static readonly byte[] ColourPng = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAABEAAAANCAIAAADAGxJNAAAAH0lEQVR42mNkYGDgZ+AgCbEwCHMwMJCGRvWM6iFXDwDT5Ajmkl2nEwAAAABJRU5ErkJggg==");

    /// <summary>17x13, 8 colours.</summary>
    public static readonly byte[] PalettePng = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAABEAAAANBAMAAAC9V5gpAAAAGFBMVEW0yLS0hZg1yHA1hVS0Q3y0CmQ1Qzg1CiA5pVb5AAAAOklEQVR42mMoB4JQIAhgQGalpYWGhrg4MK" +
        "QBgQsQoLGMgQxBAQZjIBAEAhwsJSUlIAUEQIYSAwMOFgBUChgRs8VoOwAAAABJRU5ErkJggg==");

    /// <summary>17x13 with an alpha channel that varies.</summary>
    public static readonly byte[] TransparentPng = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAABEAAAANCAYAAABPeYUaAAAATklEQVR42qXMOxKAIAxAwYegBnXGwvvfldZh+CSh2HYDwIssSXwCSFjxTzavOokerSRZ9ZLdYpQcWrPk1N" +
        "AkMqNN8ogluXqsyd3iSZ5aAXr+DKjBCUV7AAAAAElFTkSuQmCC");

    /// <summary>17x13, 16 bits: 3000 per column plus 500 per row.</summary>
    public static readonly byte[] DeepGreyPng = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAABEAAAANEAAAAAA6ggaFAAAARElEQVR4nGNkYODewbODZweEhNHIPCbGL0xIEJUHhViE0DXgU4JiClYL8FnESFgJHlNwWEfQP0RbhNc/2E" +
        "zBCG/CFgEAXenQU1YmNVEAAAAASUVORK5CYII=");
}
