"""What an invented phone sees: a house to photograph, a meter before the camera."""

import random
from pathlib import Path

from PIL import Image, ImageDraw

FILM = (640, 480)


def photograph(folder: Path) -> None:
    """Draw an invented house as a camera of a few megapixels would see it: sky, hill, wall, roof, door."""
    chance = random.Random(7)
    picture = Image.effect_noise((1600, 1200), 18).convert("RGB")
    drawn = ImageDraw.Draw(picture, "RGBA")
    drawn.rectangle((0, 0, 1600, 1200), fill=(178, 205, 226, 215))
    drawn.polygon(
        [(0, 760), (420, 430), (900, 700), (1300, 480), (1600, 640), (1600, 1200), (0, 1200)], (116, 148, 112)
    )
    drawn.rectangle((0, 960, 1600, 1200), fill=(173, 158, 128))
    drawn.rectangle((380, 560, 1240, 1010), fill=(236, 228, 208))
    drawn.polygon([(320, 570), (480, 380), (1140, 380), (1300, 570)], (104, 74, 66))
    drawn.rectangle((720, 700, 890, 1010), fill=(124, 66, 44))
    for left in (470, 990):
        drawn.rectangle((left, 680, left + 150, 820), fill=(92, 118, 128), outline=(250, 248, 240), width=10)
    drawn.rectangle((905, 690, 985, 735), fill=(30, 78, 140))
    for _ in range(260):
        x, y = chance.randrange(1600), chance.randrange(1020, 1200)
        drawn.ellipse((x, y, x + 9, y + 5), fill=(140, 128, 100, 160))
    picture.save(folder / "house.jpg", quality=88)


def meter_film(folder: Path) -> Path:
    """Write what the camera sees, as frames that Chromium takes for a camera's: a meter with a barcode too far away."""
    frame = Image.new("L", FILM, 150)
    drawn = ImageDraw.Draw(frame)
    drawn.rounded_rectangle((170, 60, 470, 420), 18, fill=222, outline=90, width=4)
    drawn.rectangle((215, 110, 425, 190), fill=60)
    for place in range(5):
        drawn.rounded_rectangle((225 + 40 * place, 120, 257 + 40 * place, 180), 4, fill=235)
    chance, x = random.Random(11), 240
    while x < 400:
        wide = chance.choice((2, 3, 5))
        drawn.rectangle((x, 290, x + wide, 350), fill=40)
        x += wide + chance.choice((2, 4))
    colours = bytes([128]) * (FILM[0] * FILM[1] // 2)
    path = folder / "meter.y4m"
    head = b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % FILM
    path.write_bytes(head + (b"FRAME\n" + frame.tobytes() + colours) * 2)
    return path
