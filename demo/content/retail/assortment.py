"""What the generator draws from: the range of goods, invented people and invented towns."""

from dataclasses import dataclass

Axis = tuple[str, tuple[str, ...]]

ADULT: Axis = ("size", ("XS", "S", "M", "L", "XL"))
CHILD: Axis = ("size", ("92", "104", "116", "128", "140", "152", "164"))
FEET: Axis = ("size", ("37", "38", "39", "40", "41", "42", "43", "44", "45", "46"))
SMALL_FEET: Axis = ("size", ("26", "28", "30", "32", "34"))
BACK: Axis = ("size", ("S", "M", "L"))
LEG: Axis = ("length", ("short", "regular", "long"))
BAG: Axis = ("length", ("regular", "long"))
ZIP: Axis = ("zip", ("left", "right"))
EARTH: Axis = ("colour", ("moss", "slate", "rust"))
DARK: Axis = ("colour", ("night blue", "charcoal"))
BRIGHT: Axis = ("colour", ("poppy", "lake", "sunflower"))
LEATHER: Axis = ("colour", ("peat", "chestnut"))


@dataclass(frozen=True)
class Line:
    """One product of the range; `furthest_zone` is the last delivery zone (1 to 4) it may be sent to."""

    name: str
    cents: int
    axes: tuple[Axis, ...]
    furthest_zone: int = 4
    returnable: bool = True


LINES = (
    Line("Ridge Rain Jacket", 17995, (ADULT, EARTH)),
    Line("Trail Rain Jacket", 14995, (ADULT, BRIGHT)),
    Line("Ridge Rain Trousers", 9995, (ADULT, LEG)),
    Line("Heron Down Jacket", 21995, (ADULT, DARK)),
    Line("Camp Padded Jacket", 12995, (ADULT, EARTH)),
    Line("Ridge Fleece", 7995, (ADULT, EARTH)),
    Line("Merino Shirt", 6495, (ADULT, DARK)),
    Line("Merino Long-Sleeve Shirt", 7995, (ADULT, DARK)),
    Line("Merino Base-Layer Bottoms", 5995, (ADULT,)),
    Line("Ridge Hiking Trousers", 8995, (ADULT, LEG)),
    Line("Merino Socks", 1995, (("size", ("36-38", "39-41", "42-44", "45-47")), DARK)),
    Line("Wool Hat", 2495, (EARTH,)),
    Line("Trail Gloves", 2995, (BACK, DARK)),
    Line("Children's Rain Jacket", 6995, (CHILD, BRIGHT)),
    Line("Tarn Boot", 18995, (FEET, LEATHER)),
    Line("Tarn Wide Boot", 18995, (FEET, LEATHER)),
    Line("Scree Mountain Boot", 25995, (FEET,)),
    Line("Burn Trail Shoe", 11995, (FEET, BRIGHT)),
    Line("Shingle Sandal", 7495, (FEET,)),
    Line("Children's Puddle Boot", 5995, (SMALL_FEET, BRIGHT)),
    Line("Flex 30 Backpack", 11995, (EARTH,)),
    Line("Flex 55 Backpack", 18995, (EARTH,)),
    Line("Lark 20 Daypack", 6495, (BRIGHT,)),
    Line("Haul 70 Backpack", 22995, (BACK, DARK)),
    Line("Children's 12 Backpack", 3995, (BRIGHT,)),
    Line("Pip Child Carrier", 21995, (DARK,)),
    Line("Fellside 2 Tent", 54995, (EARTH,)),
    Line("Fellside 3 Tent", 64995, (EARTH,)),
    Line("Meadow 2 Tent", 27995, (EARTH,)),
    Line("Meadow 4 Tent", 38995, (EARTH,)),
    Line("Homestead 6 Family Tent", 69995, (DARK,), furthest_zone=2),
    Line("Tent Footprint", 2995, (("model", ("Fellside 2", "Fellside 3", "Meadow 2", "Meadow 4")),)),
    Line("Larkspur 10 Sleeping Bag", 7995, (BAG, ZIP)),
    Line("Larkspur 3 Sleeping Bag", 10995, (BAG, ZIP)),
    Line("Heron 0 Sleeping Bag", 24995, (BAG, ZIP)),
    Line("Heron -8 Sleeping Bag", 32995, (BAG, ZIP)),
    Line("Reed Foam Mat", 3495, (DARK,)),
    Line("Moss Self-Inflating Mat", 8495, (BAG, EARTH)),
    Line("Cloud Air Mat", 13995, (BAG,)),
    Line("Cloud Winter Air Mat", 18995, (BAG,)),
    Line("Ember Stove", 4495, (("finish", ("steel", "black")),)),
    Line("Ember Remote Stove", 8995, (("finish", ("steel", "black")),)),
    Line("Kiln Spirit Stove", 5495, (("size", ("solo", "duo")),)),
    Line("Forge Petrol Stove", 14995, (("finish", ("steel", "brass")),)),
    Line("Gas Cartridge", 795, (("content", ("230 g",)),), furthest_zone=1, returnable=False),
    Line("Brook Water Filter", 4995, (("volume", ("0.6 l", "1 l")), BRIGHT)),
    Line("Brook Filter Cartridge", 2400, (("pack", ("single",)),), returnable=False),
    Line("Steel Bottle", 2495, (("volume", ("0.5 l", "0.75 l", "1 l")), EARTH)),
    Line("Wick 200 Headlamp", 3995, (DARK,)),
    Line("Wick 400 Headlamp", 6995, (DARK,)),
)

FIRST_NAMES = (
    "Aldwyn",
    "Briarley",
    "Corriel",
    "Dovrin",
    "Elmara",
    "Fennick",
    "Gorsela",
    "Hazlen",
    "Isolde-May",
    "Junivar",
    "Kestrin",
    "Linnoa",
    "Marrow",
    "Nettley",
    "Orrin-Lee",
    "Pipkin",
    "Quillan",
    "Rowenna",
    "Sedgwin",
    "Tamsel",
    "Umbra",
    "Verbeny",
    "Willowen",
    "Yarrowe",
    "Zephrin",
)
LAST_NAMES = (
    "Ashfordly",
    "Beckmoss",
    "Cairnwell",
    "Dunthistle",
    "Eelwater",
    "Fernquist",
    "Gullyhope",
    "Heathermoor",
    "Inchbracken",
    "Jackdawe",
    "Kettlewick",
    "Lochridder",
    "Marshwether",
    "Nightjarl",
    "Oatencroft",
    "Peatling",
    "Quarrybank",
    "Rushgather",
    "Starlingham",
    "Thornepuddle",
    "Underbough",
    "Vetchwood",
    "Wrenfield",
    "Yewbarrow",
)
STREETS = (
    "Heronsbill Lane",
    "Old Tannery Row",
    "Lantern Hill",
    "Saltcellar Street",
    "Nine Alders Road",
    "Quarryman's Walk",
    "Puffin Terrace",
    "Brambleside",
)


@dataclass(frozen=True)
class Place:
    """A town of our own invention; every `0` in `postcode` becomes a random digit."""

    city: str
    state: str
    country: str
    postcode: str
    zone: int


IRISH_PLACES = (
    Place("Aldermoor", "Eastmarch", "Ireland", "A00 FH00", 1),
    Place("Brackwater", "Southmarch", "Ireland", "B00 FH00", 1),
    Place("Pinecross", "Westmarch", "Ireland", "P00 FH00", 1),
    Place("Ballyfennel", "Westmarch", "Ireland", "L00 FH00", 1),
)
OTHER_PLACES = (
    Place("Moosbruck", "Nordhain", "Germany", "00000", 2),
    Place("Saint-Bruyère", "Val-Doré", "France", "00000", 2),
    Place("Rietwolde", "Zuiderkamp", "Netherlands", "0000 FH", 2),
    Place("Little Wickering", "Vale of Orme", "United Kingdom", "FH0 0FH", 3),
    Place("Steinvåg", "Ytreheim", "Norway", "0000", 3),
    Place("Juniper Ford", "West Cascade", "United States", "00000", 4),
)
