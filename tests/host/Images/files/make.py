"""Writes the image files of this folder, and references.json with what Pillow reads from them.

Run with Pillow 9.4 on libjpeg-turbo 2.1: python3 make.py. Only needed to add files; the tests read what is committed.
All but larger.jpg are 17 x 13 pixels: red = 15 x, green = 19 y, blue = 8 (x + y).
"""
import hashlib
import io
import json
import struct
import zlib

from PIL import Image, ImageCms, ImageOps

WIDTH, HEIGHT = 17, 13
ORIENTATION = 0x0112


def ramps(width, height, stepx, stepy, stepxy):
    image = Image.new("RGB", (width, height))
    image.putdata([(stepx * x, stepy * y, stepxy * (x + y)) for y in range(height) for x in range(width)])
    return image


def with_exif(jpeg, orientation):
    """The file with an Exif segment behind its first marker; the tests build the same one."""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def swapped_profile():
    """sRGB with red and green swapped: whoever applies it changes every colour."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)   # the date
    profile[84:100] = bytes(16)  # the digest
    for entry in range(struct.unpack(">I", profile[128:132])[0]):
        at = 132 + 12 * entry
        name = bytes(profile[at:at + 4])
        profile[at:at + 4] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(name, name)
    return bytes(profile)


def png(name, depth, colour, raw, interlaced=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, interlaced)
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def rows(pixel, xs=range(WIDTH), ys=range(HEIGHT)):
    return b"".join(b"\0" + b"".join(pixel(x, y) for x in xs) for y in ys)


def adam7(pixel):
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    return b"".join(rows(pixel, range(x, WIDTH, dx), range(y, HEIGHT, dy)) for x, y, dx, dy in passes)


def without_adobe(jpeg):
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]:]


colours = ramps(WIDTH, HEIGHT, 15, 19, 8)
transparent = colours.copy()
transparent.putalpha(Image.frombytes("L", (WIDTH, HEIGHT), bytes((16 * x + 5 * y) % 256 for y in range(HEIGHT) for x in range(WIDTH))))
palette = colours.quantize(8)

colours.save("colour.jpg", quality=75)
colours.save("fine-chroma.jpg", quality=90, subsampling=0)
colours.save("progressive.jpg", quality=75, progressive=True)
colours.convert("L").save("grey.jpg", quality=75)
colours.convert("CMYK").save("cmyk.jpg", quality=75)
open("cmyk-unmarked.jpg", "wb").write(without_adobe(open("cmyk.jpg", "rb").read()))
colours.save("profile.jpg", quality=75, icc_profile=swapped_profile())
ramps(64, 48, 4, 5, 2).save("larger.jpg", quality=75)

colours.save("colour.png", optimize=True)
palette.save("palette.png", optimize=True)
palette.save("palette-transparent.png", transparency=bytes([0, 40, 128, 255, 255, 0, 3, 200]))
transparent.save("transparent.png", optimize=True)
transparent.convert("LA").save("grey-transparent.png", optimize=True)
colours.save("colour-key.png", optimize=True, transparency=colours.getpixel((8, 6)))
colours.convert("L").convert("1").save("two-levels.png", optimize=True)
colours.save("profile.png", optimize=True, icc_profile=swapped_profile())
png("interlaced.png", 8, 2, adam7(lambda x, y: bytes(colours.getpixel((x, y)))), interlaced=1)
png("deep-grey.png", 16, 0, rows(lambda x, y: struct.pack(">H", 3000 * x + 500 * y)))
png("deep.png", 16, 2, rows(lambda x, y: struct.pack(">HHH", 4000 * x + 77, 5000 * y + 200, 2000 * (x + y) + 130)))

colours.save("colour.webp", lossless=True)
colours.save("lossy.webp", quality=80)
transparent.save("transparent.webp", lossless=True, exact=True)
turned = Image.Exif()
turned[ORIENTATION] = 6
colours.save("turned.webp", lossless=True, exif=turned)
colours.save("animated.webp", lossless=True, save_all=True, append_images=[ImageOps.mirror(colours)])

palette.save("palette.gif")
palette.save("animated.gif", save_all=True, append_images=[ImageOps.mirror(palette)])
palette.save("transparent.gif", transparency=3)

colours.save("colour.bmp")
palette.save("palette.bmp")
colours.convert("L").save("grey.bmp")


def reference(file):
    with Image.open(io.BytesIO(file)) as image:
        upright = ImageOps.exif_transpose(image)
        rgb = upright.convert("RGB")
        # A grey file is grey for both: convert("L") of a palette file goes through RGB as well.
        grey = upright.convert("L") if upright.mode in ("L", "RGB") else rgb.convert("L")
    return {
        "height": rgb.height,
        "width": rgb.width,
        "rgb": hashlib.sha256(rgb.tobytes()).hexdigest()[:16],
        "grey": hashlib.sha256(grey.tobytes()).hexdigest()[:16],
    }


def smaller(file, reduction):
    with Image.open(io.BytesIO(file)) as image:
        image.draft("RGB", (image.width // reduction, image.height // reduction))
        return {"height": image.height, "width": image.width, "rgb": hashlib.sha256(image.tobytes()).hexdigest()[:16]}


def read(name):
    with open(name, "rb") as file:
        return file.read()


NAMES = """colour.jpg fine-chroma.jpg progressive.jpg grey.jpg cmyk.jpg cmyk-unmarked.jpg profile.jpg larger.jpg
colour.png palette.png palette-transparent.png transparent.png grey-transparent.png colour-key.png two-levels.png profile.png interlaced.png
colour.webp lossy.webp transparent.webp turned.webp animated.webp palette.gif animated.gif colour.bmp palette.bmp grey.bmp""".split()

references = {name: reference(read(name)) for name in NAMES}
for orientation in range(1, 9):
    references[f"colour.jpg turned {orientation}"] = reference(with_exif(read("colour.jpg"), orientation))
reduced = {f"larger.jpg by {reduction}": smaller(read("larger.jpg"), reduction) for reduction in (2, 4, 8)}
with open("references.json", "w") as file:
    json.dump({"full": references, "reduced": reduced}, file, indent=2)
    file.write("\n")
