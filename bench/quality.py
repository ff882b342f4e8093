"""Pillow's default thumbnails, and SSIMULACRA2 scores. Needs pillow and ssimulacra2 (pip), in a virtual environment.

    python quality.py pillow <photo> <thumbnail.jpg>    makes a thumbnail as Pillow's documentation does
    python quality.py score                             reads lines `<reference.png>\t<image>`, writes one score a line
"""
import sys

from PIL import Image, ImageOps


def pillow(photo, thumbnail):
    with Image.open(photo) as image:
        image.thumbnail((200, 200))
        exif = image.getexif()
        image.save(thumbnail, "JPEG")
    # Pillow leaves photos as the camera held them; the comparison is of upright pixels.
    turned = Image.open(thumbnail)
    turned.getexif().update(exif)
    ImageOps.exif_transpose(turned).save(thumbnail + ".png")


def score():
    from ssimulacra2 import compute_ssimulacra2

    for line in sys.stdin:
        reference, image = line.rstrip("\n").split("\t")
        print(compute_ssimulacra2(reference, image), flush=True)


if __name__ == "__main__":
    {"pillow": pillow, "score": score}[sys.argv[1]](*sys.argv[2:])
